package dev.sexton.torture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.InstanceReport;
import dev.sexton.InstanceTracker;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.PortableProcessTable;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.Sweep;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.internal.sweep.SweepRequest.Progress;
import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Jvm;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.Requirement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A small world of processes for one test.
///
/// It has bystanders that no sweep may touch, whatever the test does. Each is checked at the end.
/// Then everything that was started here is ended, however deep below, and no other process. All of
/// it carries this world's own environment variable.
public final class World implements AfterEachCallback {
  /// Long enough for every process that ends on SIGTERM.
  public static final Duration PATIENT = Duration.ofSeconds(10);

  /// For processes that act on SIGTERM but do not end: long enough on a busy machine.
  public static final Duration FAIR = Duration.ofSeconds(3);

  /// For processes that do not end on SIGTERM.
  public static final Duration SHORT = Duration.ofMillis(300);

  /// The user ID of `nobody`.
  public static final long NOBODY = 65_534;

  /// Runs a command as the user `nobody`.
  static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");

  private static final String MARK = "SEXTON_TORTURE";
  private static final List<String> SCRIPTS =
      List.of(
          "child.sh",
          "forker.py",
          "headless.py",
          "hidden.py",
          "owner.py",
          "nursery.py",
          "at_pid.py",
          "stranger.py",
          "unit.sh");

  private final String mark = UUID.randomUUID().toString();
  private final Path directory;
  private final List<Bystander> bystanders = new ArrayList<>();
  private final List<AutoCloseable> resources = new ArrayList<>();
  private int siblings;

  private record Bystander(String what, Proc process) {}

  /// The writer of the records.
  public enum Kind {
    /// A Python script that writes the same records as the original.
    ORIGINAL,
    /// A JVM with a Sexton instance.
    SEXTON,
    /// The same on a platform where only the JDK's information is available.
    SEXTON_PORTABLE
  }

  /// How a sweep sees processes.
  public enum Eyes {
    /// As a command does.
    ONE_SHOT,
    /// As a server does.
    RESIDENT,
    /// As on a platform where only the JDK's information is available.
    PORTABLE
  }

  /// Creates a world without bystanders.
  public World() {
    try {
      directory = Files.createTempDirectory("sexton-torture");
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.createDirectories(ready());
      Files.setPosixFilePermissions(ready(), PosixFilePermissions.fromString("rwxrwxrwx"));
      Files.createDirectories(directory.resolve("bin"));
      Files.setPosixFilePermissions(
          directory.resolve("bin"), PosixFilePermissions.fromString("rwxr-xr-x"));
      for (String script : SCRIPTS) {
        try (InputStream in = World.class.getResourceAsStream(script)) {
          if (in == null) {
            throw new IllegalStateException("no resource " + script);
          }
          Files.copy(in, script(script));
        }
        Files.setPosixFilePermissions(script(script), PosixFilePermissions.fromString("rw-r--r--"));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /// Returns the directory that holds all files of this world.
  public Path directory() {
    return directory;
  }

  /// Registers this process in the state directory, without a sweep and without a sentinel.
  public InstanceTracker register() {
    return InstanceTracker.builder()
        .stateDirectory(state())
        .sweepOnRegister(false)
        .sentinel(false)
        .register();
  }

  /// Returns the state directory.
  public Path state() {
    return directory.resolve("state");
  }

  /// Returns the directory in which processes report that they are ready.
  public Path ready() {
    return directory.resolve("ready");
  }

  /// Returns the path of one of the scripts.
  public Path script(String name) {
    return directory.resolve("bin").resolve(name);
  }

  /// Closes this resource before the processes are ended.
  public <T extends AutoCloseable> T closing(T resource) {
    resources.add(resource);
    return resource;
  }

  // ---- processes

  /// Starts a process that carries this world's marker.
  public Process start(List<String> command) {
    return start(command, Map.of());
  }

  /// Starts a process as above, with more environment variables.
  public Process start(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put(MARK, mark);
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "DOCKER_HOST"));
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(directory.resolve("stderr").toFile()));
    try {
      return builder.start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /// Returns what all processes have written to stderr so far.
  public String errors() {
    return text(directory.resolve("stderr"));
  }

  /// Starts one of the children of `child.sh` as a child of this JVM.
  public Proc child(String behaviour, String name) {
    start(List.of("sh", script("child.sh").toString(), behaviour, ready().toString(), name));
    return ready(name);
  }

  /// Like [#ready], for a process that [#population] cannot see.
  public Proc hidden(String name) {
    Proc process = ready(name);
    closing(process::kill);
    return process;
  }

  /// Waits for the process that reports under this name that it is ready, and returns it.
  public Proc ready(String name) {
    return Proc.of(Long.parseLong(readyLine(name).split(" ", -1)[0]));
  }

  private String readyLine(String name) {
    Path file = ready().resolve(name);
    try {
      Await.until(name + " is ready", () -> Files.exists(file));
    } catch (RuntimeException notReady) {
      throw new AssertionError(name + " did not start: " + errors(), notReady);
    }
    return text(file).strip();
  }

  /// Returns the command of a JVM that runs a main class of the tests.
  public List<String> java(Class<?> main, List<String> arguments) {
    return java(main, classPath(), arguments);
  }

  private static List<String> java(Class<?> main, List<Path> classPath, List<String> arguments) {
    String entries = classPath.stream().map(Path::toString).collect(Collectors.joining(":"));
    List<String> command =
        Jvm.command(main.getName(), entries, new String[] {"-Xshare:auto", "-Xmx64m"});
    command.addAll(arguments);
    return command;
  }

  /// Like [#java], with a class path that every user can read.
  public List<String> javaForAll(Class<?> main, List<String> arguments) {
    List<Path> copies = new ArrayList<>();
    for (Path original : classPath()) {
      Path copy = directory.resolve("classes-" + copies.size());
      Commands.run("cp", "-r", original.toString(), copy.toString());
      Commands.run("chmod", "-R", "a+rX", copy.toString());
      copies.add(copy);
    }
    return java(main, copies, arguments);
  }

  private static List<Path> classPath() {
    List<Path> entries = new ArrayList<>();
    for (Class<?> one : List.of(World.class, Proc.class, Sweeper.class, Gson.class)) {
      try {
        entries.add(Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()));
      } catch (URISyntaxException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return entries;
  }

  /// Runs a command that needs a privilege. Skips the test if the command fails, or fails the test
  /// if `SEXTON_REQUIRE_ROOT` is 1.
  public static void privileged(String... command) {
    Requirement.ROOT.get("needs the rights of root", () -> Commands.run(command));
  }

  // ---- owners

  /// Returns an owner of this kind, which is not started yet.
  public Owning owner(Kind kind) {
    return new Owning(this, kind);
  }

  /// Returns an owner whose children the sweep will see in this way.
  public Owning owner(Kind kind, Eyes eyes) {
    Owning owning = owner(kind);
    // The JDK cannot tell a zombie from a running process, and rounds start times down to seconds.
    return eyes == Eyes.PORTABLE ? owning.nursed(true).option("settle=1100") : owning;
  }

  /// An owner that is not started yet.
  public static final class Owning {
    private final World world;
    private final Kind kind;
    private final List<String> prefix = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private String name = "owner";
    private boolean buried = true;
    private boolean isNobody;

    private Owning(World world, Kind kind) {
      this.world = world;
      this.kind = kind;
    }

    /// Runs it below a process that adopts its orphans and, if requested, reaps them.
    public Owning nursed(boolean bury) {
      buried = bury;
      prefix.clear();
      prefix.addAll(List.of("python3", world.script("nursery.py").toString()));
      if (bury) {
        prefix.add("--bury");
      }
      return this;
    }

    /// Makes it the leader of its own session.
    public Owning leading() {
      prefix.add("setsid");
      return this;
    }

    /// Runs it as `nobody`, who can read the classes of a JVM only in a copy.
    public Owning asNobody() {
      prefix.addAll(AS_NOBODY);
      isNobody = true;
      return this;
    }

    /// Sets the name under which it reports that it is ready.
    public Owning named(String ownerName) {
      name = ownerName;
      return option("name=" + ownerName);
    }

    /// Adds an option of `owner.py`.
    public Owning option(String option) {
      options.add(option);
      return this;
    }

    /// Starts it with these children, each `NAME=BEHAVIOUR`. A leading dash means untracked.
    public Instance start(String... children) {
      List<String> arguments = new ArrayList<>();
      arguments.add(world.state().toString());
      arguments.add(world.ready().toString());
      arguments.addAll(options);
      if (kind == Kind.SEXTON_PORTABLE) {
        arguments.add("portable=1");
      }
      arguments.add("--");
      arguments.addAll(Arrays.asList(children));
      List<String> command = new ArrayList<>(prefix);
      if (kind == Kind.ORIGINAL) {
        command.addAll(List.of("python3", world.script("owner.py").toString()));
        command.addAll(arguments);
      } else {
        command.addAll(
            isNobody
                ? world.javaForAll(Owner.class, arguments)
                : world.java(Owner.class, arguments));
      }
      world.start(command);
      String[] line = world.readyLine(name).split(" ", -1);
      return new Instance(world, line[1], Proc.of(Long.parseLong(line[0])), buried);
    }
  }

  /// A registered instance.
  ///
  /// @param world the world that it is part of
  /// @param id its UUID
  /// @param owner its owner
  /// @param buried whether the owner is reaped, so that it is not a zombie for long
  public record Instance(World world, String id, Proc owner, boolean buried) {
    /// Returns the path of its record.
    public Path record() {
      return world.state().resolve("instances").resolve(id + ".json");
    }

    /// Returns the path of its lock.
    public Path lock() {
      return world.state().resolve("instances").resolve(id + ".lock");
    }

    /// Kills the owner. Returns when it is gone, or is a zombie if it is not reaped.
    public Instance die() {
      owner.kill();
      Await.until("the owner is dead", () -> buried ? !owner.isThere() : !owner.isRunning());
      return this;
    }
  }

  /// Runs a process under this PID once it is free, and waits until it is ready.
  public Proc recycle(long pid, String name, boolean python) {
    String ready = ready().toString();
    Proc stranger =
        runAt(
            pid,
            name,
            python
                ? List.of("python3", script("stranger.py").toString(), ready, name)
                : List.of("sh", script("child.sh").toString(), "plain", ready, name));
    assertThat(stranger.pid()).isEqualTo(pid);
    return spare("the stranger " + name, stranger);
  }

  /// Makes a session with this ID whose leader has ended. Returns the remaining member.
  public Proc recycleSession(long pid, String name) {
    String script = script("child.sh").toString();
    Proc member =
        runAt(
            pid, name + ".1", List.of("setsid", "sh", script, "daemon", ready().toString(), name));
    assertThat(member.session()).isEqualTo(pid);
    Await.until("the leader is gone", () -> !Files.exists(Path.of("/proc/" + pid)));
    return spare("a member of a later session", member);
  }

  private Proc runAt(long pid, String name, List<String> stranger) {
    Await.until("process ID " + pid + " is free", () -> !Files.exists(Path.of("/proc/" + pid)));
    List<String> command =
        new ArrayList<>(List.of("python3", script("at_pid.py").toString(), String.valueOf(pid)));
    command.addAll(stranger);
    Process process = start(command);
    Await.until(
        "somebody has process ID " + pid,
        () -> Files.exists(ready().resolve(name)) || !process.isAlive());
    Requirement.ROOT.check(
        process.isAlive() || process.exitValue() != 77, "choosing a PID: " + errors());
    return ready(name);
  }

  // ---- bystanders

  /// Adds bystanders that no sweep may touch: a child of this JVM, an orphan, and a healthy
  /// instance with a child.
  public World populate(String... ownerOptions) {
    spare("a child of the test", child("plain", "canary"));
    start(List.of("sh", script("child.sh").toString(), "daemon", ready().toString(), "orphan"));
    spare("an orphan", ready("orphan.1"));
    Owning owning = owner(Kind.ORIGINAL).named("sibling" + ++siblings);
    Arrays.asList(ownerOptions).forEach(owning::option);
    Instance sibling = owning.start("sibling-child" + siblings + "=plain");
    spare("a healthy instance", sibling.owner());
    spare("its child", ready("sibling-child" + siblings));
    return this;
  }

  /// Adds a bystander that no sweep may touch.
  public Proc spare(String what, Proc process) {
    bystanders.add(new Bystander(what, process));
    return process;
  }

  /// Removes a bystander, because the test itself is about to end it.
  public void giveUp(Proc process) {
    bystanders.removeIf(one -> one.process().equals(process));
  }

  private void assertUnharmed() {
    for (Bystander one : bystanders) {
      assertThat(one.process().state()).as(one.what() + " is unharmed").isIn('S', 'R', 'D');
    }
  }

  // ---- sweeps

  /// Sweeps the state directory without any engine.
  public SweepReport sweep(Eyes eyes, Duration grace) {
    return sweep(eyes, grace, Progress.NONE);
  }

  /// Sweeps as above, and reports progress while it waits.
  public SweepReport sweep(Eyes eyes, Duration grace, Progress progress) {
    return sweep(eyes, grace, progress, Set.of());
  }

  /// Sweeps these instances, even if they cannot be judged.
  public SweepReport assumeDead(Eyes eyes, Duration grace, Set<String> instances) {
    return sweep(eyes, grace, Progress.NONE, instances);
  }

  private SweepReport sweep(Eyes eyes, Duration grace, Progress progress, Set<String> assumedDead) {
    boolean assume = !assumedDead.isEmpty();
    if (eyes == Eyes.PORTABLE) {
      List<FileStateDirectory> directories =
          List.of(new FileStateDirectory(state(), StateDirectories.ORIGINAL));
      SweepRequest request =
          SweepRequest.of(directories)
              .instanceIds(assumedDead)
              .assumeDead(assume)
              .grace(grace)
              .progress(progress)
              .build();
      return new Sweep(Platform.ports(new PortableProcessTable(), List.of()), request).run();
    }
    Sweeper.Builder sweeper = sweeper(grace).assumeDead(assume);
    assumedDead.forEach(sweeper::instance);
    return sweeper
        .resident(eyes == Eyes.RESIDENT)
        .progress(progress::waiting)
        .providers(List.of())
        .build()
        .sweep();
  }

  /// Returns a sweeper of the state directory.
  public Sweeper.Builder sweeper(Duration grace) {
    return Sweeper.builder()
        .stateDirectory(state())
        .environment(Map.of("HOME", directory.toString()))
        .grace(grace);
  }

  /// Returns what a report says about an instance.
  public static InstanceReport in(SweepReport report, Instance instance) {
    return report.instances().stream()
        .filter(one -> one.instanceId().equals(instance.id()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not in the report: " + report));
  }

  /// Returns what a report says about a resource.
  public static ResourceReport in(SweepReport report, Instance instance, String name) {
    return in(report, instance).resources().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in the report: " + report));
  }

  /// Returns the PID of a process in a report; 0 for another resource.
  public static long pid(ResourceReport resource) {
    return resource instanceof ResourceReport.ProcessReport process ? process.pid() : 0;
  }

  /// Returns the PIDs of a process tree in a report; empty for another resource.
  public static List<Long> pids(ResourceReport resource) {
    return resource instanceof ResourceReport.ProcessReport process ? process.pids() : List.of();
  }

  /// Returns the PID of an unclaimed process; 0 for another resource.
  public static long pid(SweepReport.Unclaimed unclaimed) {
    return unclaimed instanceof SweepReport.UnclaimedProcess process ? process.pid() : 0;
  }

  /// Starts a sweep in its own JVM. See [Sweeping].
  public SweepProcess sweepProcess(List<String> java) {
    return new SweepProcess(start(java));
  }

  /// A sweep in its own JVM.
  public static final class SweepProcess {
    private final Process process;
    private final Proc proc;
    private final BufferedReader output;

    private SweepProcess(Process process) {
      this.process = process;
      this.proc = Proc.of(process.pid());
      this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /// Returns the process.
    public Proc proc() {
      return proc;
    }

    /// Returns when it has printed this line.
    public SweepProcess awaitLine(String wanted) {
      List<String> lines = new ArrayList<>();
      try {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
          lines.add(line);
          if (line.equals(wanted)) {
            return this;
          }
        }
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
      throw new AssertionError("no line " + wanted + " but " + lines);
    }

    /// Lets it begin.
    public SweepProcess go() {
      try (Writer input = process.outputWriter(StandardCharsets.UTF_8)) {
        input.write("go\n");
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
      return this;
    }

    /// Returns what it prints until it ends.
    public List<String> lines() {
      List<String> lines = output.lines().toList();
      Await.until("the sweep has ended", () -> !process.isAlive());
      return lines;
    }
  }

  // ---- files

  /// Returns all lines of the journal about an instance. Each must be complete.
  public List<JsonObject> journal(Instance instance) {
    Path journal = state().resolve("journal.jsonl");
    if (!Files.exists(journal)) {
      return List.of();
    }
    return text(journal)
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .filter(line -> line.get("instance_id").getAsString().equals(instance.id()))
        .toList();
  }

  /// Returns the outcomes that the journal has for an instance's process.
  public List<String> journal(Instance instance, Proc process) {
    return journal(instance).stream()
        .filter(line -> line.get("kind").getAsString().equals("process"))
        .filter(line -> line.get("pid").getAsLong() == process.pid())
        .map(line -> line.get("outcome").getAsString())
        .toList();
  }

  /// Asserts that only the journal of an instance is left in the state directory.
  public void assertForgotten(Instance instance) {
    assertThat(files())
        .as("files of " + instance.id())
        .noneMatch(name -> name.startsWith(instance.id()));
    assertThat(journal(instance))
        .as("the journal says that it was swept")
        .anyMatch(line -> line.get("kind").getAsString().equals("instance"));
  }

  /// Returns the names of the files in `instances/`.
  public List<String> files() {
    try (Stream<Path> files = Files.list(state().resolve("instances"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /// Returns a file's text.
  public static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException absent) {
      return "";
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  // ---- the end

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    try {
      assertUnharmed();
    } finally {
      try {
        end();
      } finally {
        for (AutoCloseable resource : resources.reversed()) {
          resource.close();
        }
        Commands.run("rm", "-rf", directory.toString());
      }
    }
  }

  /// Returns every running process that was started here, however deep below.
  public List<Proc> population() {
    return ProcScan.withVariable(MARK + "=" + mark).stream()
        .map(Proc::find)
        .filter(Objects::nonNull)
        .toList();
  }

  private void end() {
    Await.until(
        "all of it has ended",
        () -> {
          List<Proc> left = population();
          left.forEach(Proc::kill);
          return left.isEmpty();
        });
  }

  /// Returns whether a file exists, even as a dangling link.
  static boolean exists(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }
}
