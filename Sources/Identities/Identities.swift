// Who a client is: names and keys, the proofs that are made and checked with them, the files that they are kept in. In reading
// order:
//
//   Identity        a name and its key, as a line
//   IdentityKey     32 secret bytes, which nothing prints; all cryptography, by libsodium
//   IdentityFile    where they are kept, readable by their owner alone
//   IdentityFileStatus   what a program ends with where one cannot be used
//   KnownClients    whom a server knows, and whether a proof is theirs
