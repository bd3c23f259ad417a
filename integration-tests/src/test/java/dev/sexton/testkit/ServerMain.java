package dev.sexton.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.InstanceTracker;
import dev.sexton.kubernetes.ClusterNamespace;
import dev.sexton.kubernetes.CreatedObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.channels.Channel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A Java server, as [Server] starts it: an instance that does what its lines say.
public final class ServerMain {
  private final InstanceTracker instance;
  private final String application;

  private ServerMain(InstanceTracker instance, String application) {
    this.instance = instance;
    this.application = application;
  }

  /// Registers this process as a server of `mcp`, in a state directory that it does not sweep.
  public static InstanceTracker register(Path stateDirectory) {
    return InstanceTracker.builder()
        .application("mcp")
        .stateDirectory(stateDirectory)
        .sweepOnRegister(false)
        .register();
  }

  /// Registers, reports it, and obeys until its input ends.
  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    InstanceTracker instance =
        InstanceTracker.builder()
            .application(arguments[0])
            .sweepOnRegister(false)
            .sentinel("1".equals(System.getenv("TEST_SENTINEL")))
            .grace(
                Duration.ofMillis(
                    Long.parseLong(System.getenv().getOrDefault("TEST_GRACE", "10000"))))
            .register();
    if (!instance.isRegistered()) {
      throw new IOException("not registered");
    }
    out.println("ok\t" + instance.instanceId() + "\t" + instance.instanceFile());
    ServerMain server = new ServerMain(instance, arguments[0]);
    try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        List<String> words = List.of(line.split("\t", -1));
        out.println("ok\t" + String.join("\t", server.obey(words)));
      }
    }
  }

  private List<String> obey(List<String> words) throws IOException {
    return switch (words.getFirst()) {
      case "labels" -> {
        List<String> labels = new ArrayList<>();
        instance.containerLabels().forEach((key, value) -> labels.add(key + "=" + value));
        yield labels;
      }
      case "create" -> {
        CreatedObject created =
            ClusterNamespace.open(words.get(1), System.getenv()).create(instance, words.get(2));
        yield List.of(created.name(), created.uid());
      }
      case "session" -> {
        ProcessBuilder builder = builder(words.subList(2, words.size()));
        builder.environment().put("SEXTON_INSTANCE", application + ":" + instance.instanceId());
        Process process = builder.start();
        instance.trackProcess(words.get(1), process.pid());
        yield List.of(Long.toString(process.pid()));
      }
      case "launch" ->
          List.of(
              Long.toString(
                  instance.launch(words.get(1), builder(words.subList(2, words.size()))).pid()));
      case "kept" -> {
        ProcessBuilder builder = builder(words.subList(2, words.size()));
        builder.environment().put("SEXTON_KEEP", "1");
        yield List.of(Long.toString(instance.launch(words.get(1), builder).pid()));
      }
      case "marked" -> {
        ProcessBuilder builder = builder(words.subList(2, words.size()));
        builder.environment().put("SEXTON_INSTANCE", application + ":" + instance.instanceId());
        yield List.of(Long.toString(builder.start().pid()));
      }
      case "tracked" -> List.copyOf(instance.trackedProcesses().keySet());
      case "close" -> {
        instance.close();
        yield List.of();
      }
      case "exit" -> {
        System.exit(Integer.parseInt(words.get(1)));
        yield List.of();
      }
      case "loseThePipe" -> {
        losePipe();
        yield List.of();
      }
      case "unknown" ->
          List.of(Long.toString(builder(words.subList(2, words.size())).start().pid()));
      case "track" -> {
        instance.trackProcess(words.get(1), Long.parseLong(words.get(2)));
        yield List.of();
      }
      case "unregister" -> {
        instance.unregister();
        yield List.of();
      }
      default -> throw new IllegalArgumentException(words.toString());
    };
  }

  /// Closes the descriptor by which the sentinel knows that this server runs, as a stray close(2)
  /// would.
  private void losePipe() throws IOException {
    try {
      Object pipe = field(field(field(instance, "state"), "sentinel"), "pipe");
      ((Channel) pipe).close();
    } catch (ReflectiveOperationException changed) {
      throw new IllegalStateException(changed);
    }
  }

  /// Returns the value of a private field.
  private static Object field(Object holder, String name) throws ReflectiveOperationException {
    Field field = holder.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(holder);
  }

  private static ProcessBuilder builder(List<String> command) {
    return new ProcessBuilder(command)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD);
  }
}
