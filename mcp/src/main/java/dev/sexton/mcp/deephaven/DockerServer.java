package dev.sexton.mcp.deephaven;

import dev.sexton.docker.ContainerSpec;
import dev.sexton.docker.ContainerSpec.Mount;
import dev.sexton.docker.ContainerSpec.PortMapping;
import dev.sexton.mcp.AllowList;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.session.ContainerLauncher;
import dev.sexton.mcp.session.ProcessLauncher;
import dev.sexton.mcp.session.SessionLauncher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The server in a container. The engine chooses the port, on 127.0.0.1 of this machine.
public final class DockerServer {
  /// The port of the server in its container.
  public static final int PORT = 10_000;

  /// The variable that the image's start script passes to its JVM as arguments, visible to
  /// everyone.
  private static final String VISIBLE_OPTIONS = "START_OPTS";

  /// A further variable that a JVM reads, visible only to those who may inspect its process.
  private static final String HIDDEN_OPTIONS = "JAVA_TOOL_OPTIONS";

  private static final double BYTES = 1L << 30;

  /// How much of the machine the container may use.
  ///
  /// @param memoryGigabytes the memory limit; null for none
  /// @param cpus the CPU limit; null for none
  public record Limits(@Nullable Double memoryGigabytes, @Nullable Double cpus) {
    private @Nullable Long memoryBytes() {
      return memoryGigabytes == null ? null : (long) (memoryGigabytes * BYTES);
    }
  }

  private DockerServer() {}

  /// Returns the specification of the container.
  ///
  /// @param volumes each `source:target`, with `:ro` appended for read-only
  public static ContainerSpec.Builder spec(
      AllowList allowed, String image, ServerRequest request, List<String> volumes, Limits limits)
      throws RefusalException {
    allowed.requireImage(image);
    ProcessLauncher.requireEnvironment(request.environment());
    List<Mount> mounts = new ArrayList<>();
    for (String volume : volumes) {
      mounts.add(mount(allowed, volume));
    }
    try {
      ContainerSpec.Builder spec =
          ContainerSpec.builder(image)
              .environment(environment(request))
              .ports(List.of(new PortMapping(PORT, 0)))
              .mounts(mounts)
              .memoryBytes(limits.memoryBytes())
              .cpus(limits.cpus())
              .pull(true);
      spec.build(); // Reports what is invalid before anything is started.
      return spec;
    } catch (IllegalArgumentException invalid) {
      throw new RefusalException(
          "no container can be created from these arguments", String.valueOf(invalid.getMessage()));
    }
  }

  private static Mount mount(AllowList allowed, String volume) throws RefusalException {
    List<String> parts = List.of(volume.split(":", -1));
    String mode = parts.size() == 3 ? parts.get(2) : "rw";
    if (parts.size() < 2 || parts.size() > 3 || !List.of("ro", "rw").contains(mode)) {
      throw new RefusalException(
          "the volume " + volume + " is invalid", "write SOURCE:TARGET or SOURCE:TARGET:ro");
    }
    try {
      return new Mount(allowed.requireMount(parts.get(0)), parts.get(1), mode.equals("ro"));
    } catch (IllegalArgumentException invalid) {
      throw new RefusalException(
          "the volume " + volume + " is invalid", String.valueOf(invalid.getMessage()));
    }
  }

  private static Map<String, String> environment(ServerRequest request) throws RefusalException {
    Map<String, String> given = request.environment();
    Authentication authentication = request.authentication();
    if (given.containsKey(VISIBLE_OPTIONS)) {
      throw new RefusalException(
          "the variable " + VISIBLE_OPTIONS + " is reserved", "use jvm_arguments instead");
    }
    Map<String, String> environment = new LinkedHashMap<>(given);
    environment.put(VISIBLE_OPTIONS, request.options().line(authentication, List.of()));
    String key = authentication.key();
    if (key != null) {
      String property = "-D" + Authentication.KEY_PROPERTY + "=" + key;
      environment.merge(HIDDEN_OPTIONS, property, (before, ours) -> before + " " + ours);
    }
    return environment;
  }

  /// Returns the launcher of the container.
  public static SessionLauncher launch(
      ContainerSpec.Builder spec, Authentication authentication, Map<String, String> here) {
    ContainerLauncher container = new ContainerLauncher(spec, spec.build().image(), here);
    return (instance, call) ->
        new DeephavenRuntime(container.start(instance, call), authentication.key(), () -> {});
  }
}
