import CLinux
import Glibc
import Recordings

/// What the laboratory cannot do without, and how to get it.
package enum Requirements {
    /// Something that is missing here.
    package struct Missing: Hashable, Sendable, CustomStringConvertible {
        /// What was tried, and how it failed.
        package let what: String
        /// What to do about it.
        package let remedies: [String]

        package var description: String { what + remedies.map { "\n    \($0)" }.joined() }
    }

    static let device = "/dev/net/tun"
    private static let settings = "/proc/sys/net"
    private static let ipv6 = "\(settings)/ipv6"

    /// Finds out by trying.
    ///
    /// - Parameter command: What the user typed, for the advice.
    /// - Returns: Nothing where the laboratory can work.
    package static func missing(command: String) async -> [Missing] {
        let asRoot = isRoot ? [] : ["run it as root: sudo \(command)"]
        var missing: [Missing] = []
        let deviceError = failureToOpenDevice()
        if let deviceError { missing.append(missingDevice(deviceError, asRoot)) }
        if let error = await failureToMakeNetwork() {
            // Where only the device stands in the way of a user namespace, one remedy is enough.
            var isNeeded = true
            if deviceError != nil { isNeeded = await !UserNamespace.isAllowed() }
            if isNeeded { missing.append(missingNetwork(error, asRoot)) }
        }
        if access(ipv6, F_OK) != 0 {
            missing.append(
                Missing(
                    what: "this kernel has no IPv6: \(LaboratoryError(ipv6, errno))",
                    remedies: ["load it: sudo modprobe ipv6", "or start the kernel without ipv6.disable=1"]))
        }
        if isReadOnly(settings) { missing.append(readOnlySettings) }
        guard missing.isEmpty else { return missing }
        do {
            _ = try await Host(.client)
            return []
        } catch {
            return [Missing(what: "no host can be created: \(error)", remedies: asRoot)]
        }
    }

    /// Whether nobody may do more here; root of a user namespace may do less than the machine's.
    private static var isRoot: Bool { UserNamespace.isOfRoot }

    static func failureToOpenDevice() -> CInt? {
        let descriptor = open(device, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        close(descriptor)
        return nil
    }

    private static func missingDevice(_ error: CInt, _ asRoot: [String]) -> Missing {
        var remedies = asRoot
        let inContainer = "in a container: start it with --device \(device)"
        switch error {
        case ENOENT, ENODEV, ENXIO: remedies += ["load its driver: sudo modprobe tun", inContainer]
        // Root is refused by nothing but a container's rules for devices.
        case _ where isRoot: remedies.append(inContainer)
        default: remedies.append("or let everybody open it: sudo chmod 666 \(device)")
        }
        return Missing(what: LaboratoryError("open \(device)", error).description, remedies: remedies)
    }

    /// Whether what lies there is mounted read-only: a container's runtime mounts `/proc/sys` so.
    ///
    /// The corresponding C function is `statvfs`.
    private static func isReadOnly(_ path: String) -> Bool {
        var information = statvfs()
        return statvfs(path, &information) == 0 && information.f_flag & UInt(ST_RDONLY) != 0
    }

    private static let readOnlySettings = Missing(
        what: "the hosts' kernel settings cannot be changed: \(LaboratoryError("open \(settings)/…", EROFS))",
        remedies: [
            "in a container: start it with --security-opt systempaths=unconfined (docker) or unmask=/proc/sys (podman)",
            "or make it writable: sudo mount -o remount,rw,bind /proc/sys",
        ])

    private static func failureToMakeNetwork() async -> CInt? {
        // On a thread of its own, with which the namespace goes again.
        (try? await onThread { clinux_unshare_network() == 0 ? nil : errno }) ?? nil
    }

    private static func missingNetwork(_ error: CInt, _ asRoot: [String]) -> Missing {
        // Root needs no user namespace where it may make networks by itself.
        let obstacles = UserNamespace.obstacles.filter { !isRoot || $0.isForAll }
        let alone = obstacles.contains(where: \.isForAll)
        var remedies =
            alone ? [] : isRoot ? ["in a container: start it with --cap-add SYS_ADMIN --cap-add NET_ADMIN"] : asRoot
        for obstacle in obstacles {
            let which = obstacle.isForAll ? "allow network namespaces" : "let users create namespaces"
            remedies.append(
                (remedies.isEmpty ? "" : "or ") + "\(which): sudo sysctl \(obstacle.name)=\(obstacle.allowing)")
        }
        let reasons = obstacles.map { "\($0.who) (\($0.name) = \($0.forbidding))" }
        let what = [LaboratoryError("unshare(CLONE_NEWNET)", error).description] + reasons
        return Missing(what: what.joined(separator: "; "), remedies: remedies)
    }
}

/// Where a program lies that the laboratory starts; nil where it is not installed.
package func pathOfProgram(_ name: String) -> String? {
    Host.searchPath.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
}
