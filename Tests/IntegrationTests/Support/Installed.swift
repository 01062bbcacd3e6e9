import Glibc

/// Whether a program is there that a test needs and a machine may lack.
func isInstalled(_ program: String) -> Bool {
    ["/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin"].contains { access("\($0)/\(program)", X_OK) == 0 }
}
