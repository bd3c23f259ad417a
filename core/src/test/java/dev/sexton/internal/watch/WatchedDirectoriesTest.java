package dev.sexton.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.state.FileStateDirectory;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests which places a watcher watches for new records, and which new files make it scan again.
class WatchedDirectoriesTest {
  @TempDir private Path temporary;

  private final Set<Path> watched = new LinkedHashSet<>();
  private Path home;
  private Path state;
  private WatchedDirectories directories;

  @BeforeEach
  void prepare() {
    home = temporary.resolve("home");
    state = home.resolve("app");
    directories = new WatchedDirectories(sweeps(), new ExistingPaths(watched));
  }

  @Test
  void returnsTheInstancesOfAllRecords() throws IOException {
    Path instances = Files.createDirectories(state.resolve("instances"));
    String id = UUID.randomUUID().toString();
    Files.createFile(instances.resolve(id + ".json"));
    Files.createFile(instances.resolve("notes.txt"));

    assertThat(directories.scan()).containsOnlyKeys(id);
    assertThat(watched).containsExactly(home, instances);
  }

  @Test
  void watchesTheNearestDirectoryThatExists() {
    assertThat(directories.scan()).isEmpty();
    assertThat(watched).containsExactly(temporary);
  }

  @Test
  void assignsANewFileToItsStateDirectory() {
    directories.scan();
    var directory = directories.of(appeared(state.resolve("instances"), "x.json"));
    assertThat(directory == null ? null : directory.path()).isEqualTo(state);
    assertThat(directories.of(appeared(state.resolve("instances"), ""))).isNull();
    assertThat(directories.of(appeared(state, "x.json"))).isNull();
  }

  @Test
  void scansAgainWhereARecordMayAppear() {
    directories.scan();
    assertThat(directories.matters(appeared(temporary, "home"))).isTrue();
    assertThat(directories.matters(appeared(home, "another"))).isTrue();
    assertThat(directories.matters(appeared(state, "instances"))).isTrue();
    assertThat(directories.matters(appeared(temporary, ""))).isTrue();
    assertThat(directories.matters(appeared(temporary, "elsewhere"))).isFalse();
    assertThat(directories.matters(appeared(state, "journal"))).isFalse();
  }

  private static DeathWatch.News.Appeared appeared(Path directory, String fileName) {
    return new DeathWatch.News.Appeared(directory, fileName);
  }

  /// Returns sweeps that know the directories; all other calls fail.
  private WatcherSweeps sweeps() {
    return (WatcherSweeps)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {WatcherSweeps.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "parents" -> List.of(home);
                  case "directories" -> List.of(new FileStateDirectory(state, "app"));
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  /// Watches paths that exist.
  private record ExistingPaths(Set<Path> watched) implements DeathWatch {
    @Override
    public boolean watch(ProcessInfo process) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void forget(ProcessInfo process) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean watch(Path directory) {
      boolean exists = Files.exists(directory);
      if (exists) {
        watched.add(directory);
      }
      return exists;
    }

    @Override
    public List<News> await(Duration limit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
