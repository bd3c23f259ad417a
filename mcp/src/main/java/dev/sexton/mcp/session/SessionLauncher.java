package dev.sexton.mcp.session;

import dev.sexton.InstanceTracker;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import java.io.IOException;

/// Starts a session's process, container, pod or job.
@FunctionalInterface
public interface SessionLauncher {
  /// Starts it as part of an instance.
  ///
  /// @param call the call that waits for it
  /// @throws RefusalException if it cannot be started, with a remedy
  SessionRuntime start(InstanceTracker instance, Call call) throws IOException, RefusalException;
}
