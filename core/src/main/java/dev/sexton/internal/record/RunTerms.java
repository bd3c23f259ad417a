package dev.sexton.internal.record;

import dev.sexton.internal.command.ContainerCommand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a watcher has to know of a server that `sexton run` started, beyond what every record says.
/// Immutable.
///
/// @param client the process whose death ends the server; null if none does
/// @param afterStdinClose how long the server may stay once its client has closed its stdin; null
///   for ever
/// @param grace how long what is asked to stop has before it is forced
/// @param lateContainers whether the server is a client such as `docker run`, whose container may
///   appear after the client's death
/// @param engine the variables that led the server to its container engine, as far as it had any
public record RunTerms(
    @Nullable Client client,
    @Nullable Duration afterStdinClose,
    Duration grace,
    boolean lateContainers,
    Map<String, String> engine) {
  /// The variables of an environment that lead to a container engine.
  public static final List<String> ENGINE_VARIABLES =
      Stream.concat(ContainerCommand.ENGINE_VARIABLES.stream(), Stream.of("XDG_RUNTIME_DIR"))
          .toList();

  /// The grace unless another is given: that of `docker stop`.
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

  /// A longer time than anybody waits for; a longer one is taken for it.
  static final Duration LONGEST = Duration.ofDays(365);

  /// The process that started the server. It is on the machine of the owner.
  ///
  /// @param pid its process ID
  /// @param start its start, in the unit of the owner's; 0 if it had ended when the server was
  ///   registered
  public record Client(long pid, long start) {}

  /// Copies the variables.
  public RunTerms {
    engine = Map.copyOf(engine);
  }
}
