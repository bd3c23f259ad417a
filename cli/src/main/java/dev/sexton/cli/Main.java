package dev.sexton.cli;

/** The entry point of the {@code sexton} command. */
public final class Main {
  private Main() {}

  /** Runs one command. */
  public static void main(String[] args) {
    System.err.println("sexton: no command is built yet");
    System.exit(2);
  }
}
