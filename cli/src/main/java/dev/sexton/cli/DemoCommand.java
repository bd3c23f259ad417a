package dev.sexton.cli;

/** Not built yet. */
final class DemoCommand implements Command {
  @Override
  public String help() {
    return "";
  }

  @Override
  public void addOptions(org.apache.commons.cli.Options options) { // None yet.
  }

  @Override
  public int run(Io io, Arguments arguments) {
    return ExitCode.CANNOT;
  }
}
