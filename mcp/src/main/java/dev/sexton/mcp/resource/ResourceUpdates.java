package dev.sexton.mcp.resource;

import dev.sexton.History;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.spec.McpSchema.ResourcesUpdatedNotification;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells subscribers that a resource has changed when any process changes a record or a journal.
/// Changes that come together are reported once.
public final class ResourceUpdates {
  private static final Logger LOG = LoggerFactory.getLogger(ResourceUpdates.class);

  /// A starting server or a sweep writes several times. Reads in between are not useful.
  private static final long SETTLE_MILLIS = 200;

  /// State directories that are created later are found after this time.
  private static final long LOOK_SECONDS = 5;

  private final McpAsyncServer server;
  private final Supplier<List<Path>> directories;
  private final Set<Path> watched = new HashSet<>();

  private ResourceUpdates(McpAsyncServer server, Supplier<List<Path>> directories) {
    this.server = server;
    this.directories = directories;
  }

  /// Watches for as long as this process lives.
  public static void start(McpAsyncServer server, Supplier<List<Path>> directories) {
    ResourceUpdates updates = new ResourceUpdates(server, directories);
    Thread.ofPlatform().daemon().name("resource-updates").start(updates::run);
  }

  private void run() {
    try (WatchService changes = FileSystems.getDefault().newWatchService()) {
      while (true) {
        watchAll(changes);
        WatchKey key = changes.poll(LOOK_SECONDS, TimeUnit.SECONDS);
        if (key != null) {
          Thread.sleep(SETTLE_MILLIS);
          tell(changes, key);
        }
      }
    } catch (InterruptedException nobodyDoes) {
      Thread.currentThread().interrupt();
    } catch (IOException unavailable) {
      LOG.warn("subscribers are not notified of changes: {}", unavailable.getMessage());
    }
  }

  private void watchAll(WatchService changes) throws IOException {
    for (Path directory : directories.get()) {
      for (Path path : List.of(directory, directory.resolve("instances"))) {
        if (!watched.contains(path) && Files.isDirectory(path)) {
          path.register(
              changes,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE);
          watched.add(path);
        }
      }
    }
  }

  private void tell(WatchService changes, WatchKey first) {
    boolean records = false;
    boolean journal = false;
    for (WatchKey key = first; key != null; key = changes.poll()) {
      for (WatchEvent<?> event : key.pollEvents()) {
        String name = String.valueOf(event.context());
        records |= name.endsWith(".json");
        journal |= name.equals(History.JOURNAL);
      }
      if (!key.reset()) {
        watched.remove(key.watchable()); // It was removed and may be created again.
      }
    }
    if (records) {
      tell(Resources.INSTANCES);
    }
    if (journal) {
      tell(Resources.HISTORY);
    }
  }

  private void tell(String uri) {
    server.notifyResourcesUpdated(new ResourcesUpdatedNotification(uri)).onErrorComplete().block();
  }
}
