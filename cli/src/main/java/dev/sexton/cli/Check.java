package dev.sexton.cli;

/**
 * What {@code doctor} says of one thing.
 *
 * @param name what was looked at
 * @param status how it is
 * @param detail what was found
 * @param remedy what to do; empty if there is nothing to do
 */
record Check(String name, Status status, String detail, String remedy) {
  /** How it is. */
  enum Status {
    /** It works. */
    OK,
    /** It works, but a person should look at it. */
    WARNING,
    /** Sweeping cannot work there. */
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
