package dev.sexton.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.InstanceTracker;
import dev.sexton.cli.output.HumanFormat;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A container for the demo, from what the machine has. The image is a static busybox, imported for
/// the duration of the demo, or any existing image. Nothing is ever pulled.
final class DemoContainer {
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  /// The time limit of a docker command, after which the demo goes on without it.
  private static final long LIMIT_SECONDS = 5;

  private static final String SLEEP = "120";

  /// An image and the program to run in it.
  ///
  /// @param image its name
  /// @param entrypoint the program
  /// @param ours whether it was made for the demo and has to be removed
  record Image(String image, String entrypoint, boolean ours) {
    List<String> arguments() {
      return List.of(image, entrypoint);
    }
  }

  /// The output of a command; null output if it failed.
  private record Answer(@Nullable String output, String error) {}

  private DemoContainer() {}

  /// Finds an image; null if there is none or no engine answers.
  static @Nullable Image find(String unique) {
    if (Files.isExecutable(BUSYBOX)) {
      String name = "sexton-demo:" + unique.toLowerCase(Locale.ROOT);
      if (importBusybox(name)) {
        return new Image(name, "/busybox", true);
      }
    }
    String ids = docker(List.of("images", "-q", "--filter", "dangling=false")).output();
    if (ids == null || ids.isBlank()) {
      return null;
    }
    int end = ids.indexOf('\n');
    return new Image(end < 0 ? ids.strip() : ids.substring(0, end).strip(), "sleep", false);
  }

  private static boolean importBusybox(String name) {
    try {
      List<Process> pipe =
          ProcessBuilder.startPipeline(
              List.of(
                  new ProcessBuilder("tar", "-c", "-C", "/bin", "busybox")
                      .redirectInput(Redirect.from(Redirect.DISCARD.file()))
                      .redirectError(Redirect.DISCARD),
                  new ProcessBuilder("docker", "import", "-", name)
                      .redirectOutput(Redirect.DISCARD)
                      .redirectError(Redirect.DISCARD)));
      Process last = pipe.getLast();
      boolean ended = last.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      pipe.forEach(Process::destroyForcibly);
      return ended && last.exitValue() == 0;
    } catch (IOException noSuchCommand) {
      return false;
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Starts it with the instance's labels. Returns the error, or an empty text on success.
  static String start(String image, List<String> entrypoint, InstanceTracker tracker) {
    List<String> command =
        new ArrayList<>(List.of("run", "-d", "--pull", "never", "--network", "none", "--name"));
    command.add("sexton-demo-" + HumanFormat.shortUuid(tracker.instanceId()));
    tracker
        .containerLabels()
        .forEach((key, value) -> {
          command.add("--label");
          command.add(key + "=" + value);
        });
    command.add("--entrypoint");
    command.add(entrypoint.getFirst());
    command.add(image);
    if (entrypoint.getFirst().endsWith("busybox")) {
      command.add("sleep");
    }
    command.add(SLEEP);
    Answer answer = docker(command);
    return answer.output() != null
        ? ""
        : answer.error().isBlank() ? "docker run did not answer" : answer.error().strip();
  }

  /// Removes the image if it was made for the demo.
  static void remove(Image image) {
    if (image.ours()) {
      docker(List.of("rmi", "-f", image.image()));
    }
  }

  private static Answer docker(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(arguments);
    try {
      Process process =
          new ProcessBuilder(command).redirectInput(Redirect.from(Redirect.DISCARD.file())).start();
      // The outputs are short, so they fit into the pipes.
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Answer(null, "");
      }
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      String error = new String(process.getErrorStream().readAllBytes(), UTF_8);
      return new Answer(process.exitValue() == 0 ? output : null, error);
    } catch (IOException noSuchCommand) {
      return new Answer(null, "there is no docker command");
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
      return new Answer(null, "interrupted");
    }
  }
}
