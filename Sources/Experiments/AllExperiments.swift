package import Scenes

/// Every experiment besides the matrix.
package let allExperiments: [any Experiment] = oneFamilyAtATime.map(OverBothFamilies.init) + ofBothFamilies

/// Those that look at one version of IP at a time.
private let oneFamilyAtATime: [any Experiment] = [
    TimeWaitAndReset(), DialOutOfTimeWait(), ServerEndsToo(), LingerWaits(), TwoOnOnePort(), ServerRestart(), Filler(),
    ServerKilled(), LingerThirtySeconds(), LostExit(),
    LastAcknowledgementLost(), ResetInEachState(), SimultaneousClose(), SYNInTimeWait(),
    OldDuplicate(), InitialSequenceNumbers(), LeakedSockets(), KernelSettings(), AutomaticPorts(),
    FinTimeout(), SelfConnection(), LingerExpires(), SocketDestroy(), Disconnection(), LastMessage(),
    SimultaneousOpen(), HalfOpen(), ResetAfterFirstByte(), RawSocketReset(), TimeWaitReuse(), PortExhaustion(),
    KnownClient(),
]

/// Those that look at both by themselves.
private let ofBothFamilies: [any Experiment] = [
    ReopenedTimeWait(), LastAckReset(), RefusedSYN(), LostReset(), CloseWaitEnds(), LingerRunsOut(), NegativeLinger2(),
    LongFinTimeout(), PortsInTimeWait(), DatagramBind(), PassiveClosingCost(), LostClosingSegment(),
]
