package dev.sexton.cli.demo;

import dev.sexton.InstanceTracker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The server that `sexton demo` kills: a separate program that registers and starts typical
/// processes. It reports each step in a line on stdout, and lives until its stdin ends.
final class DemoServer {
  /// Its application.
  static final String APPLICATION = "demo";

  /// The label that names the instance of a container (docs/protocol.md).
  static final String INSTANCE_LABEL = APPLICATION + "-server-instance";

  /// The line that says that everything is started.
  static final String READY = "ready";

  /// The beginning of the line that says why there is no container.
  static final String NO_CONTAINER = "no-container ";

  /// Longer than the demo. If everything else fails, the processes end by themselves.
  private static final String SLEEP = "120";

  private static final List<Map.Entry<String, List<String>>> SESSIONS =
      List.of(
          Map.entry("plain", List.of("sleep", SLEEP)),
          Map.entry("stubborn", List.of("sh", "-c", "trap '' TERM; exec sleep " + SLEEP)),
          Map.entry("family", List.of("sh", "-c", "sleep " + SLEEP + " & wait")));

  private DemoServer() {}

  /// Takes the state directory, and optionally an image and a command for it.
  public static void main(String[] args) throws IOException {
    InstanceTracker tracker =
        InstanceTracker.builder()
            .application(APPLICATION)
            .name("a server")
            .stateDirectory(Path.of(args[0]))
            .sweepOnRegister(false)
            .sentinel(false)
            .register();
    for (Map.Entry<String, List<String>> session : SESSIONS) {
      Process process =
          new ProcessBuilder(session.getValue())
              .redirectInput(ProcessBuilder.Redirect.from(ProcessBuilder.Redirect.DISCARD.file()))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      tracker.trackProcess(session.getKey(), process.pid());
    }
    if (args.length > 2) {
      String problem = DemoContainer.start(args[1], List.of(args).subList(2, args.length), tracker);
      if (!problem.isEmpty()) {
        System.out.println(NO_CONTAINER + problem);
      }
    }
    tracker.flush();
    System.out.println(READY);
    if (System.in.read() < 0) { // The demo itself was killed.
      tracker.close(Duration.ZERO);
    }
  }
}
