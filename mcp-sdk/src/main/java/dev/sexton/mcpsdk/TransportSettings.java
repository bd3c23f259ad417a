package dev.sexton.mcpsdk;

import dev.sexton.InstanceTracker;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.json.McpJsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The settings of one transport. Immutable.
///
/// @param parameters command, arguments and environment of the server
/// @param jsonMapper the SDK's mapper
/// @param registration how the server is registered
/// @param output how the server's output is read
/// @param grace how long the server has to end
record TransportSettings(
    ServerParameters parameters,
    McpJsonMapper jsonMapper,
    Registration registration,
    Output output,
    Grace grace) {

  /// How a server is registered.
  ///
  /// @param application the application
  /// @param name the human-readable name
  /// @param stateDirectory the directory that contains `instances/`; null for the default
  record Registration(String application, String name, @Nullable Path stateDirectory) {}

  /// How a server's output is read.
  ///
  /// @param stdErrorHandler is called for each line of stderr, on one thread
  /// @param maxLine the maximum length of a line, in bytes
  record Output(Consumer<String> stdErrorHandler, int maxLine) {}

  /// How long a server has to end.
  ///
  /// @param afterStdinClose the time after its stdin was closed
  /// @param afterTerm the time after SIGTERM
  record Grace(Duration afterStdinClose, Duration afterTerm) {}

  /// Returns the command that starts the server.
  String command() {
    return parameters.getCommand();
  }

  /// Starts the server.
  ///
  /// @throws IOException if the command does not exist or cannot be run
  ServerProcess startServer() throws IOException {
    InstanceTracker.Builder builder =
        InstanceTracker.builder().application(registration.application()).name(registration.name());
    Path directory = registration.stateDirectory();
    if (directory != null) {
      builder.stateDirectory(directory);
    }
    return ServerProcess.start(builder, parameters);
  }
}
