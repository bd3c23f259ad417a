package dev.sexton.cli.doctor;

/// One result of `doctor`.
///
/// @param name what was checked
/// @param status the status
/// @param detail what was found
/// @param remedy what to do; empty if there is nothing to do
record Check(String name, Status status, String detail, String remedy) {
  /// The status of a check.
  enum Status {
    /// It works.
    OK,
    /// It works, but a person should look at it.
    WARNING,
    /// Sweeping cannot work there.
    ERROR
  }

  static Check ok(String name, String detail) {
    return new Check(name, Status.OK, detail, "");
  }

  static Check warning(String name, String detail, String remedy) {
    return new Check(name, Status.WARNING, detail, remedy);
  }

  static Check error(String name, String detail, String remedy) {
    return new Check(name, Status.ERROR, detail, remedy);
  }
}
