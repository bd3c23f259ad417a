package dev.sexton.cli;

import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.ApplicationName;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.Inventory;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.spi.ResourceProvider;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a command looks, by its options and its environment. */
final class Places {
  private final Map<String, String> environment;
  private final List<String> applications;
  private final @Nullable Path named;

  private Places(Map<String, String> environment, List<String> applications, @Nullable Path named) {
    this.environment = environment;
    this.applications = applications;
    this.named = named;
  }

  static Places of(Io io, Arguments arguments) throws CommandException {
    List<String> applications = arguments.all("app");
    for (String application : applications) {
      try {
        ApplicationName.require(application);
      } catch (IllegalArgumentException invalid) {
        throw CommandException.usage(
            "--app " + Safe.cut(application, 40), String.valueOf(invalid.getMessage()));
      }
    }
    Places places = new Places(io.environment(), applications, arguments.stateDirectory());
    try {
      places.directories();
    } catch (InvalidPathException invalid) {
      throw CommandException.cannot(
          "a path in the environment is none (" + invalid.getMessage() + ")",
          "correct HOME, SEXTON_HOME or SEXTON_STATE_DIR",
          invalid);
    }
    return places;
  }

  /** One directory of one application. */
  static Places at(Map<String, String> environment, String application, Path directory) {
    return new Places(environment, List.of(application), directory);
  }

  Map<String, String> environment() {
    return environment;
  }

  List<String> applications() {
    return applications;
  }

  /** The directory that was named outright; null if none was. */
  @Nullable Path named() {
    return named;
  }

  /** Every state directory to look at, whether or not it exists. */
  List<FileStateDirectory> directories() {
    StateDirectories known = new StateDirectories(environment);
    return named == null ? known.all(applications) : List.of(known.at(named, applications));
  }

  /** Everything there is in them. */
  Inventory inventory(ProcessTable processes) {
    List<FileStateDirectory> directories = directories();
    List<ResourceProvider> engines = Platform.providers(environment, directories, Set.of());
    try {
      return Inventory.take(
          Platform.ports(processes, engines),
          new SweepRequest(
              directories,
              named == null && !environment.containsKey("SEXTON_STATE_DIR"),
              Set.of(),
              false,
              true,
              SweepRequest.DEFAULT_GRACE,
              SweepRequest.Progress.NONE));
    } finally {
      for (ResourceProvider engine : engines) {
        engine.close();
      }
    }
  }

  /**
   * Fails if there are state directories and not one of them can be used: then nothing that was
   * found out means anything.
   */
  void requireUsable(List<Problem> problems) throws CommandException {
    Set<Path> unusable = new HashSet<>();
    Problem first = null;
    List<FileStateDirectory> directories = directories();
    for (Problem problem : problems) {
      if (problem.path().equals(Path.of("/proc"))) {
        throw CommandException.cannot("no process can be judged", problem.problem(), null);
      }
      for (FileStateDirectory directory : directories) {
        if (problem.path().equals(directory.path())) {
          unusable.add(problem.path());
          first = first == null ? problem : first;
        }
      }
    }
    if (first == null) {
      return;
    }
    for (FileStateDirectory directory : directories) {
      if (directory.exists() && !unusable.contains(directory.path())) {
        return;
      }
    }
    throw CommandException.cannot("no state directory can be used", Notes.text(first), null);
  }
}
