package dev.sexton.consumer;

import dev.sexton.InstanceTracker;
import dev.sexton.docker.ContainerSpec;
import dev.sexton.mcpsdk.TrackedStdioClientTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.json.McpJsonDefaults;
import java.io.IOException;
import java.nio.file.Path;

/// Starts one child with core and one with mcp-sdk. Each writes its PID to a file.
public final class Children {
  private static final String CHILD = "echo $$ >\"$0\"; exec sleep 1000";

  private Children() {}

  /// Never returns: the server is killed.
  public static void serve(Path directory) throws IOException, InterruptedException {
    InstanceTracker instance =
        InstanceTracker.builder().application("consumer").name("server").register();
    Process child =
        instance.launch("child", new ProcessBuilder("sh", "-c", CHILD, directory + "/core.pid"));
    TrackedStdioClientTransport.builder(
            ServerParameters.builder("sh").args("-c", CHILD, directory + "/mcp.pid").build(),
            McpJsonDefaults.getMapper())
        .build()
        .connect(message -> message)
        .block();
    if (ContainerSpec.builder("image").build().image().isEmpty()) {
      throw new IllegalStateException("sexton-docker has lost the image");
    }
    child.waitFor();
  }
}
