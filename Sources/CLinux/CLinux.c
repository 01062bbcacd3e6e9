// The target is header-only; a C target must own at least one source file.
#include "CLinux.h"
