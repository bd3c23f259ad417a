package dev.sexton.cli;

/** The entry point of the {@code sexton} command. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command and returns its exit code. */
  static int run(String... args) {
    System.err.println("sexton: no command is built yet");
    return 2;
  }
}
