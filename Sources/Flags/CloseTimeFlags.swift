import ArgumentParser
package import TCPSockets

/// How long the close strategies of a client may take.
package struct CloseTimeFlags: ParsableArguments {
    @Option(help: ArgumentHelp("The time of --close linger.", valueName: "seconds"))
    package var lingerSeconds = LingerSeconds(5)

    @Option(help: ArgumentHelp("The time of --close delay.", valueName: "milliseconds"))
    package var closeDelay = Milliseconds(50)

    @Option(help: ArgumentHelp("How long passive and half-close wait for the server.", valueName: "seconds"))
    package var closeTimeout = Seconds(5)

    package init() {}

    package func validate() throws {
        try lingerSeconds.check("--linger-seconds")
        try closeDelay.check("--close-delay")
        try closeTimeout.check("--close-timeout")
    }

    package var times: CloseTimes {
        CloseTimes(
            delay: closeDelay.duration, timeout: closeTimeout.duration, lingerSeconds: lingerSeconds.number)
    }
}
