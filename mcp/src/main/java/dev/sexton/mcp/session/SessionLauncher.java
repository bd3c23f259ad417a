package dev.sexton.mcp.session;

import dev.sexton.InstanceTracker;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import java.io.IOException;

/** How what a session is to be is started. */
@FunctionalInterface
public interface SessionLauncher {
  /**
   * Starts it as part of an instance.
   *
   * @param call who waits for it
   * @throws RefusalException if it cannot be started, and what to do
   */
  SessionRuntime start(InstanceTracker instance, Call call) throws IOException, RefusalException;
}
