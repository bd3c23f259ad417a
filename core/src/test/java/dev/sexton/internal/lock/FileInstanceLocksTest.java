package dev.sexton.internal.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.internal.lock.InstanceLocks.Held;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileInstanceLocksTest {
  private final FileInstanceLocks locks = new FileInstanceLocks();
  private final List<Process> spawned = new ArrayList<>();
  private Path file;

  @BeforeEach
  void path(@TempDir Path directory) {
    file = directory.resolve("x.lock");
  }

  @AfterEach
  void end() {
    spawned.forEach(process -> process.destroyForcibly().onExit().join());
  }

  /// Another JVM that has requested a byte, and the answer it got.
  private final class Other {
    final Process process;
    final BufferedReader out;
    final String told;

    Other(String what) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  LockHolder.class.getName(),
                  what,
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      spawned.add(process);
      out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      told = out.readLine();
    }

    String asksForTheOwner() throws IOException {
      process.getOutputStream().write('?');
      process.getOutputStream().flush();
      return out.readLine();
    }

    void kill() {
      process.destroyForcibly().onExit().join();
    }
  }

  private static Held taken(@Nullable Held held) {
    return Objects.requireNonNull(held);
  }

  @Test
  void anOwnersByteIsHeldUntilItsJvmIsKilled() throws IOException {
    assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.MISSING);
    Other owner = new Other("own");
    assertThat(owner.told).isEqualTo("held");
    for (int i = 0; i < 3; i++) {
      assertThat(locks.probeOwner(file)).as("asking disturbs nobody").isEqualTo(OwnerByte.HELD);
    }
    assertThat(locks.lockAsOwner(file)).isNull();
    assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.HELD);
    assertThat(owner.asksForTheOwner()).isEqualTo("OURS");
    owner.kill();
    Awaitility.await().until(() -> locks.probeOwner(file) == OwnerByte.FREE);
  }

  @Test
  void anOwnersByteIsFreeAfterAnOrderlyEnd() throws IOException {
    Other owner = new Other("own");
    owner.process.getOutputStream().close();
    owner.process.onExit().join();
    assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.FREE);
  }

  @Test
  void ourByteIsSeenFromOutside() throws IOException {
    Held held = taken(locks.lockAsOwner(file));
    assertThat(new Other("own").told).isEqualTo("refused");
    for (int i = 0; i < 10; i++) {
      assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.OURS);
      assertThat(locks.lockAsOwner(file)).isNull();
      assertThat(locks.lockAsSweeper(file)).as("nobody sweeps what it owns").isNull();
    }
    Other outside = new Other("sweep");
    assertThat(outside.told).as("another byte").isEqualTo("held");
    assertThat(outside.asksForTheOwner()).isEqualTo("HELD");
    held.close();
    held.close();
    assertThat(outside.asksForTheOwner()).isEqualTo("FREE");
    outside.kill();
  }

  @Test
  void onlyOneSweeps() throws IOException {
    Other sweeper = new Other("sweep");
    assertThat(sweeper.told).isEqualTo("held");
    assertThat(locks.lockAsSweeper(file)).isNull();
    assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.FREE);
    assertThat(sweeper.asksForTheOwner()).isEqualTo("FREE");
    sweeper.kill();
    Awaitility.await()
        .until(() -> {
          try (Held held = locks.lockAsSweeper(file)) {
            return held != null;
          }
        });
  }

  @Test
  void aSweepKeepsItsByteWhileTheOwnersIsAskedFor() throws IOException {
    Other owner = new Other("own");
    try (Held sweep = taken(locks.lockAsSweeper(file))) {
      for (int i = 0; i < 5; i++) {
        assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.HELD);
      }
      assertThat(locks.lockAsSweeper(file)).isNull();
      assertThat(new Other("sweep").told).isEqualTo("refused");
      owner.kill();
      Awaitility.await().until(() -> locks.probeOwner(file) == OwnerByte.FREE);
      assertThat(new Other("sweep").told).isEqualTo("refused");
      assertThat(sweep).isNotNull();
    }
    assertThat(new Other("sweep").told).isEqualTo("held");
  }

  @Test
  void aStoppedOwnerHoldsOn() throws Exception {
    Other owner = new Other("own");
    signal("-STOP", owner.process);
    assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.HELD);
    signal("-CONT", owner.process);
  }

  private static void signal(String signal, Process process) throws Exception {
    assertThat(new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  @Test
  void allClassLoadersOfAJvmKnowEachOthersLocks() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      Class<?> type = loader.loadClass(FileInstanceLocks.class.getName());
      assertThat(type).isNotSameAs(FileInstanceLocks.class);
      Object others = type.getConstructor().newInstance();
      Held held = taken(locks.lockAsOwner(file));
      assertThat(call(others, "probeOwner")).hasToString("OURS");
      assertThat(call(others, "lockAsOwner")).isNull();
      assertThat(call(others, "lockAsSweeper")).isNull();
      Other outside = new Other("sweep");
      assertThat(outside.asksForTheOwner()).as("still held").isEqualTo("HELD");
      outside.kill();
      held.close();

      AutoCloseable theirs = taken(call(others, "lockAsOwner"));
      assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.OURS);
      assertThat(locks.lockAsOwner(file)).isNull();
      theirs.close();
      assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.FREE);

      AutoCloseable sweep = taken(call(others, "lockAsSweeper"));
      assertThat(locks.lockAsSweeper(file)).isNull();
      assertThat(locks.probeOwner(file)).as("not ours to open").isEqualTo(OwnerByte.UNKNOWN);
      sweep.close();
    }
  }

  private static AutoCloseable taken(@Nullable Object held) {
    return (AutoCloseable) Objects.requireNonNull(held);
  }

  private @Nullable Object call(Object others, String method) throws Exception {
    var found = others.getClass().getMethod(method, Path.class);
    return found.invoke(others, file);
  }

  @Test
  void replacedSystemPropertiesCostNoLock() throws Exception {
    Held held = taken(locks.lockAsOwner(file));
    Properties before = System.getProperties();
    try {
      Properties others = new Properties();
      before
          .stringPropertyNames()
          .forEach(name -> others.setProperty(name, before.getProperty(name)));
      System.setProperties(others);
      assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.OURS);
    } finally {
      System.setProperties(before);
    }
    Other outside = new Other("sweep");
    assertThat(outside.asksForTheOwner()).isEqualTo("HELD");
    held.close();
  }

  @Test
  void aLockFileThatIsReplacedIsAnotherLock() throws IOException {
    Held old = taken(locks.lockAsOwner(file));
    Files.delete(file);
    assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.MISSING);
    try (Held held = taken(locks.lockAsSweeper(file))) {
      assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.FREE);
      old.deleteFile();
      assertThat(file).as("not the one that was locked").exists();
      held.deleteFile();
      assertThat(file).doesNotExist();
    }
    old.close();
  }

  /// Takes new locks one after the other, and returns how many were refused.
  private int refusedOfManyNewLocks() throws IOException {
    int refused = 0;
    for (int i = 0; i < 5_000; i++) {
      Held lock = locks.lockAsOwner(file.resolveSibling(UUID.randomUUID() + ".lock"));
      if (lock == null) {
        refused++;
      } else {
        lock.deleteFile();
        lock.close();
      }
    }
    return refused;
  }

  /// The kernel can give the inode number of a removed file to the next file, which is another
  /// lock.
  @Test
  void aNewLockIsTakenWhateverOthersRemoveMeanwhile() throws Exception {
    Callable<Integer> server = this::refusedOfManyNewLocks;
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Integer> refused : threads.invokeAll(Collections.nCopies(8, server))) {
        assertThat(refused.get()).isZero();
      }
    }
  }

  /// A probe takes a shared lock for a moment, which must not cost an owner its own lock.
  @Test
  void whoLooksKeepsNoOwnerFromItsLock() throws Exception {
    List<Other> lookers = List.of(new Other("look"), new Other("look"));
    assertThat(refusedOfManyNewLocks()).isZero();
    assertThat(lookers).allMatch(looker -> looker.process.isAlive());
  }

  /// An owner waits for a probe that was stopped halfway, but not forever.
  @Test
  void anOwnerWaitsForALookThatTakesLong() throws Exception {
    Files.createFile(file);
    Other looker = new Other("stare");
    assertThat(looker.told).isEqualTo("held");
    assertThat(locks.probeOwner(file))
        .as("looks do not exclude each other")
        .isEqualTo(OwnerByte.FREE);
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<@Nullable Held> owning = thread.submit(() -> locks.lockAsOwner(file));
      looker.kill();
      taken(owning.get()).close();
    }
    Other staying = new Other("stare");
    assertThat(locks.lockAsOwner(file)).isNull();
    staying.kill();
  }

  @Test
  void aProgramGoesOnStoringItsSystemProperties() throws Exception {
    Properties before = System.getProperties();
    Properties stored = new Properties();
    try (Held held = taken(locks.lockAsOwner(file))) {
      assertThat(held).isNotNull();
      assertThat(before)
          .allSatisfy((name, value) -> {
            assertThat(name).isInstanceOf(String.class);
            assertThat(value).isInstanceOf(String.class);
          });
      StringWriter text = new StringWriter();
      before.store(text, "");
      before.storeToXML(OutputStream.nullOutputStream(), "");
      before.list(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
      stored.load(new StringReader(text.toString()));
    }
    assertThat(before.stringPropertyNames()).noneMatch(name -> name.startsWith("dev.sexton.lock."));
    // The values that the next run of the program would find.
    stored.replaceAll((name, value) ->
        name.toString().startsWith("dev.sexton.lock.")
            ? value.toString().replaceAll("[0-9]+$", "1")
            : value);
    try {
      System.setProperties(stored);
      assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.FREE);
      taken(locks.lockAsOwner(file)).close();
    } finally {
      System.setProperties(before);
    }
  }

  @Test
  void aLockFileIsPrivateAndStaysEmpty() throws IOException {
    try (Held held = taken(locks.lockAsOwner(file))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(Files.size(file)).isZero();
      assertThat(held).isNotNull();
    }
    assertThat(file).as("closing does not remove it").exists();
  }

  @Test
  void whatIsNoFileIsNeitherOpenedNorFollowed() throws Exception {
    Path target = file.resolveSibling("target");
    Files.createSymbolicLink(file, target);
    assertRefused();
    assertThat(target).doesNotExist();
    Files.writeString(target, "");
    assertRefused();
    Files.delete(file);
    Files.createDirectory(file);
    assertRefused();
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    assertRefused();
  }

  private void assertRefused() {
    assertThat(locks.probeOwner(file)).isEqualTo(OwnerByte.UNKNOWN);
    for (var take :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> locks.lockAsOwner(file), () -> locks.lockAsSweeper(file))) {
      assertThatThrownBy(take)
          .isExactlyInstanceOf(IOException.class)
          .hasMessage(file + " is not a regular file: move it away");
    }
  }

  @Test
  void withoutADirectoryThereIsNoLock() {
    Path lost = file.resolveSibling("absent").resolve("x.lock");
    assertThat(locks.probeOwner(lost)).isEqualTo(OwnerByte.MISSING);
    assertThatThrownBy(() -> locks.lockAsOwner(lost)).isInstanceOf(IOException.class);
  }
}
