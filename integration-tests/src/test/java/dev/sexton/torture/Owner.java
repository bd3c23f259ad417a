package dev.sexton.torture;

import dev.sexton.InstanceTracker;
import dev.sexton.internal.instance.InstanceDescription;
import dev.sexton.internal.instance.RegisteredInstance;
import dev.sexton.internal.lock.FileInstanceLocks;
import dev.sexton.internal.process.PortableProcessTable;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ObjLongConsumer;

/// A server with a Sexton instance. It takes the arguments of `owner.py` and these options:
///
/// - `portable=1` uses only what the JDK provides.
/// - `marked=1` marks its children.
/// - `containers=1` asks for the labels of containers.
public final class Owner {
  private Owner() {}

  /// Registers, starts children, and keeps running.
  public static void main(String... args) throws Exception {
    List<String> arguments = Arrays.asList(args);
    int split = arguments.indexOf("--");
    Path state = Path.of(arguments.get(0));
    Path ready = Path.of(arguments.get(1));
    Map<String, String> options = new HashMap<>();
    for (String option : arguments.subList(2, split)) {
      int equals = option.indexOf('=');
      options.put(option.substring(0, equals), option.substring(equals + 1));
    }
    long settle = Long.parseLong(options.getOrDefault("settle", "0"));
    String id;
    ObjLongConsumer<String> tracker;
    if (options.containsKey("portable")) {
      id = UUID.randomUUID().toString();
      RegisteredInstance record =
          RegisteredInstance.register(
              new FileStateDirectory(state, StateDirectories.ORIGINAL),
              new PortableProcessTable(),
              new FileInstanceLocks(),
              new InstanceDescription(id, ""));
      tracker = record::track;
    } else {
      InstanceTracker instance =
          InstanceTracker.builder()
              .stateDirectory(state)
              .sweepOnRegister(false)
              .sentinel(false)
              .register();
      id = instance.instanceId();
      if (options.containsKey("containers") && instance.containerLabels().isEmpty()) {
        throw new IllegalStateException("no labels");
      }
      tracker = instance::trackProcess;
    }
    Thread.sleep(Duration.ofMillis(settle));
    String tracked = options.get("pid");
    if (tracked != null) {
      int colon = tracked.indexOf(':');
      tracker.accept(tracked.substring(0, colon), Long.parseLong(tracked.substring(colon + 1)));
    }
    Map<String, String> environment =
        options.containsKey("marked")
            ? Map.of("SEXTON_INSTANCE", StateDirectories.ORIGINAL + ":" + id)
            : Map.of();
    for (String spec : arguments.subList(split + 1, arguments.size())) {
      String label = spec.substring(0, spec.indexOf('='));
      String name = label.startsWith("-") ? label.substring(1) : label;
      long pid = spawn(ready, name, spec.substring(label.length() + 1), environment);
      if (name.equals(label)) {
        tracker.accept(name, pid);
      }
    }
    String name = options.getOrDefault("name", "owner");
    Path temporary = ready.resolve(name + ".tmp");
    Files.writeString(temporary, ProcessHandle.current().pid() + " " + id + "\n");
    Files.move(temporary, ready.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    Thread.sleep(Duration.ofMinutes(10));
  }

  private static long spawn(
      Path ready, String name, String behaviour, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path script = ready.resolveSibling("bin").resolve("child.sh");
    ProcessBuilder builder =
        new ProcessBuilder("sh", script.toString(), behaviour, ready.toString(), name)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process child = builder.start();
    while (!Files.exists(ready.resolve(name))) {
      Thread.sleep(Duration.ofMillis(2));
    }
    return child.pid();
  }
}
