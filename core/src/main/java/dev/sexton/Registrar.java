package dev.sexton;

import dev.sexton.internal.Platform;
import dev.sexton.internal.instance.InstanceDescription;
import dev.sexton.internal.instance.RegisteredInstance;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Registers this process. Failures are logged and never reach the server.
final class Registrar {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /// A directory in which nothing can be created.
  private static final Path NOWHERE = Path.of("/dev/null/no-home");

  private Registrar() {}

  /// Registers this process as a new instance.
  ///
  /// @param named the state directory that was named explicitly; null if none was
  /// @return the registered instance, or an unregistered one if registering failed
  static TrackerState register(
      String application,
      @Nullable Path named,
      String name,
      List<String> keep,
      LiveRegistration.Protection protection) {
    FileStateDirectory directory = directory(application, named);
    InstanceDescription description =
        new InstanceDescription(UUID.randomUUID().toString(), name, keep);
    ProcessTable processes = Platform.residentProcesses();
    try {
      RegisteredInstance record =
          RegisteredInstance.register(directory, processes, Platform.locks(), description);
      return LiveRegistration.begin(directory, record, protection);
    } catch (IOException | RuntimeException failed) {
      LOG.log(
          Level.WARNING,
          "this server could not be registered in {0} ({1}): what it starts will not be cleaned"
              + " up if it is killed",
          directory.path(),
          failed.getMessage());
      return new TrackerState.Unregistered(
          directory, RegisteredInstance.initial(directory, processes, description, false));
    }
  }

  private static FileStateDirectory directory(String application, @Nullable Path named) {
    StateDirectories known = new StateDirectories(System.getenv());
    try {
      return named == null
          ? known.of(application)
          : new FileStateDirectory(named.toAbsolutePath().normalize(), application);
    } catch (InvalidPathException noHome) {
      LOG.log(Level.WARNING, "this server has no state directory: {0}", noHome.getMessage());
      return new FileStateDirectory(NOWHERE, application);
    }
  }
}
