package dev.sexton.internal.watch;

import dev.sexton.internal.process.Poller;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.StartTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A watch based on poll(2), on Linux. For use by one thread.
final class KernelDeathWatch implements DeathWatch {
  /// Identifies a process independently of its state, which changes.
  private record Id(long pid, StartTime start) {
    static Id of(ProcessInfo process) {
      return new Id(process.pid(), process.start());
    }
  }

  private final Poller poller;
  private final ProcessTable table;
  private final Map<Id, Poller.Key> processes = new HashMap<>();
  private final Map<Path, Poller.Key> directories = new HashMap<>();
  private final Map<Poller.Key, Object> watched = new HashMap<>();

  KernelDeathWatch(Poller poller, ProcessTable table) {
    this.poller = poller;
    this.table = table;
  }

  @Override
  public boolean watch(ProcessInfo process) throws IOException {
    if (processes.containsKey(Id.of(process))) {
      return true;
    }
    Poller.Key key = poller.process(table, process);
    if (key == null) {
      return false;
    }
    processes.put(Id.of(process), key);
    watched.put(key, process);
    return true;
  }

  @Override
  public void forget(ProcessInfo process) {
    Poller.Key key = processes.remove(Id.of(process));
    if (key != null) {
      watched.remove(key);
      poller.remove(key);
    }
  }

  @Override
  public boolean watch(Path directory) {
    if (directories.containsKey(directory)) {
      return true;
    }
    try {
      Poller.Key key = poller.directory(directory);
      directories.put(directory, key);
      watched.put(key, directory);
      return true;
    } catch (IOException absent) {
      return false;
    }
  }

  @Override
  public List<News> await(Duration limit) {
    List<News> news = new ArrayList<>();
    for (Poller.Event event : poller.await(limit)) {
      switch (watched.get(event.key())) {
        case ProcessInfo process -> {
          forget(process);
          news.add(new News.Ended(process));
        }
        case Path directory -> {
          if (event.fileName().isEmpty()) {
            directories.remove(directory);
            watched.remove(event.key());
            poller.remove(event.key());
          }
          news.add(new News.Appeared(directory, event.fileName()));
        }
        case null, default -> {}
      }
    }
    return news;
  }

  @Override
  public void close() {
    poller.close();
  }
}
