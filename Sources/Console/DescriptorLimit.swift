import Glibc

/// Lets the process, and the programs that it starts, have as many descriptors as the system allows: the soft limit
/// of RLIMIT_NOFILE becomes the hard one.
///
/// The corresponding C functions are `getrlimit` and `setrlimit`.
///
/// - Returns: How many that are; 1,024, the usual soft limit, where the limit cannot be found out.
@discardableResult
package func raiseDescriptorLimit() -> Int {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return 1024 }
    let soft = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    return Int(clamping: setrlimit(resource, &limit) == 0 ? limit.rlim_cur : soft)
}
