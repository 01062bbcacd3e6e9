/* Nothing to call: what stands in CStart.c runs before main, in each program that is linked with it. */
