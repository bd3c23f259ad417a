package dev.sexton.docker.internal.engine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.Json;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The state of a container's process, as reported by an inspection.
///
/// @param mayRun whether it runs, is paused, or will be restarted by its restart policy
/// @param paused whether it is paused
/// @param exitCode the exit code of the last run; 0 if there was none
record ContainerState(boolean mayRun, boolean paused, int exitCode) {
  /// 128 + SIGKILL: the exit code after a forced stop by the engine.
  private static final int KILLED_EXIT_CODE = 137;

  static ContainerState of(JsonObject description) throws IOException {
    JsonObject state = Json.object(description, "State");
    if (Json.get(state, "Running") == null) {
      throw new IOException("State has no Running");
    }
    // In Docker, a paused or restarting container is Running too. In Podman it is not.
    String status = Json.string(state, "Status");
    boolean paused = isTrue(state, "Paused") || status.equals("paused");
    boolean mayRun =
        isTrue(state, "Running")
            || isTrue(state, "Restarting")
            || paused
            || status.equals("running")
            || status.equals("restarting")
            || status.equals("stopping");
    return new ContainerState(mayRun, paused, exitCode(state));
  }

  boolean wasKilled() {
    return exitCode == KILLED_EXIT_CODE;
  }

  private static boolean isTrue(JsonObject state, String key) throws IOException {
    return Json.string(state, key).equals("true");
  }

  private static int exitCode(JsonObject state) throws IOException {
    @Nullable JsonElement code = Json.get(state, "ExitCode");
    try {
      return code == null ? 0 : code.getAsInt();
    } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
      throw new IOException("ExitCode is not a number", e);
    }
  }
}
