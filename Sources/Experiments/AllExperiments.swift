package import Scenes

/// Every experiment besides the matrix, in the order of the claims.
package let allExperiments: [any Experiment] = [
    TimeWaitAndReset(), DialOutOfTimeWait(), ServerEndsToo(), LingerWaits(), TwoOnOnePort(), ServerRestart(), Filler(),
    ServerKilled(), LingerThirtySeconds(), LostExit(),
    LastAcknowledgementLost(), ResetInEachState(), ResetAfterFirstByte(), RawSocketReset(), SimultaneousClose(),
    SYNInTimeWait(),
    OldDuplicate(), InitialSequenceNumbers(), LeakedSockets(), KernelSettings(), TimeWaitReuse(), AutomaticPorts(),
    FinTimeout(), SelfConnection(), LingerExpires(), SocketDestroy(), Disconnection(), PortExhaustion(), LastMessage(),
    SimultaneousOpen(), HalfOpen(),
    ReopenedTimeWait(), LastAckReset(), RefusedSYN(), LostReset(), CloseWaitEnds(), LingerRunsOut(), NegativeLinger2(),
    LongFinTimeout(), PortsInTimeWait(), DatagramBind(), PassiveClosingCost(), LostClosingSegment(),
]
