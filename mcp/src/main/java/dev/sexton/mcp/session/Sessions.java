package dev.sexton.mcp.session;

import dev.sexton.InstanceTracker;
import dev.sexton.mcp.AllowList;
import dev.sexton.mcp.Limits;
import dev.sexton.mcp.PodLimits;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.SessionLimits;
import dev.sexton.mcp.transport.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// All sessions of this server. Thread-safe.
public final class Sessions implements AutoCloseable {
  /// The valid names. A name is shown in lists and written to a record.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /// The number of ended sessions that are kept for their output and exit code.
  private static final int ENDED_KEPT = 50;

  /// The time between two checks of whether a session is ready.
  private static final Duration BETWEEN_CHECKS = Duration.ofMillis(50);

  private final SessionLimits limits;
  private final AllowList allowed;
  private final PodLimits pods;
  private final @Nullable Path stateDirectory;
  private final List<String> keep;
  private final Path outputs;
  private final Map<String, Session> byName = new LinkedHashMap<>();
  private final List<String> reserved = new ArrayList<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("session-limits").factory());
  private boolean closed;

  /// Creates an empty set of sessions.
  ///
  /// @param stateDirectory where their instances are registered; null for the default
  /// @param outputs the directory of their output files
  public Sessions(Limits limits, @Nullable Path stateDirectory, Path outputs) {
    this(limits, stateDirectory, outputs, List.of());
  }

  /// Also takes patterns of programs that are kept when a session ends.
  public Sessions(Limits limits, @Nullable Path stateDirectory, Path outputs, List<String> keep) {
    this.limits = limits.sessions();
    this.allowed = limits.allowed();
    this.pods = limits.pods();
    this.keep = keep;
    this.stateDirectory = stateDirectory;
    this.outputs = outputs;
    if (!this.limits.maxIdle().isZero() || !this.limits.maxAge().isZero()) {
      var _ = clock.scheduleWithFixedDelay(this::enforceAges, 1, 1, TimeUnit.SECONDS);
    }
  }

  /// Returns the operator's limits.
  public SessionLimits limits() {
    return limits;
  }

  /// Returns what the operator allows clients to start.
  public AllowList allowed() {
    return allowed;
  }

  /// Returns what the operator allows clients to start in clusters.
  public PodLimits pods() {
    return pods;
  }

  /// Returns all sessions in the order of their start.
  public List<Session> list() {
    synchronized (byName) {
      return List.copyOf(byName.values());
    }
  }

  /// Returns the session with this name and records that a client uses it.
  public Session get(String name) throws RefusalException {
    Session session;
    synchronized (byName) {
      session = byName.get(name);
    }
    if (session == null) {
      throw new RefusalException(
          "no session named " + name, "call session_list to see all sessions");
    }
    session.touch();
    return session;
  }

  /// Starts a session and waits until it is ready. If it does not become ready or the call is
  /// cancelled, the session is stopped and forgotten.
  public Session start(String name, SessionLauncher launch, ReadinessCheck readiness, Call call)
      throws RefusalException {
    reserve(name);
    Session session;
    try {
      session = launch(name, launch, call);
    } finally {
      synchronized (byName) {
        reserved.remove(name);
      }
    }
    try {
      if (!isReady(session, readiness, call)) {
        boolean ended = session.body().ended().isDone();
        session.stop("it did not get ready", limits.grace());
        throw notReady(session, readiness, ended);
      }
      session.markReady();
    } catch (RefusalException | RuntimeException notReady) {
      session.stop("it did not get ready", limits.grace());
      forget(session);
      throw notReady;
    }
    return session;
  }

  private void reserve(String name) throws RefusalException {
    if (!NAME.matcher(name).matches()) {
      throw new RefusalException(
          "this is not a valid name for a session",
          "use 1 to 64 letters, digits, dots, dashes and underscores; start with a letter or"
              + " digit");
    }
    List<Session> dropped = new ArrayList<>();
    synchronized (byName) {
      Session there = byName.get(name);
      if (closed) {
        throw new RefusalException("this server is shutting down", "start it again");
      }
      if (reserved.contains(name) || (there != null && there.isActive())) {
        throw new RefusalException(
            "a session named " + name + " exists already",
            "choose another name, or stop it with session_stop");
      }
      long active = byName.values().stream().filter(Session::isActive).count() + reserved.size();
      if (active >= limits.maxSessions()) {
        throw new RefusalException(
            active + " sessions are already running",
            "stop one with session_stop (limit max_sessions = "
                + limits.maxSessions()
                + "; an operator can change it with --max-sessions or in the limits file)");
      }
      reserved.add(name);
      if (there != null) {
        dropped.add(byName.remove(name));
      }
      byName.values().stream()
          .filter(session -> !session.isActive())
          .sorted(Comparator.comparing(Session::startedAt).reversed())
          .skip(ENDED_KEPT)
          .forEach(dropped::add);
      dropped.forEach(session -> byName.remove(session.name(), session));
    }
    dropped.forEach(Session::forget);
  }

  private Session launch(String name, SessionLauncher launch, Call call) throws RefusalException {
    InstanceTracker instance = register(name);
    OutputRing stdout = null;
    OutputRing stderr = null;
    Session session = null;
    try {
      stdout = new OutputRing(outputs, limits.outputBytes());
      stderr = new OutputRing(outputs, limits.outputBytes());
      SessionRuntime body = launch.start(instance, call);
      session = new Session(name, call.client(), instance, body, new SessionOutput(stdout, stderr));
      synchronized (byName) {
        byName.put(name, session);
      }
      session.begin(limits.grace());
    } catch (IOException failed) {
      throw new RefusalException(
          "the session " + name + " cannot be started (" + failed.getMessage() + ")",
          "run sexton doctor to see what does not work here");
    } finally {
      if (session == null) {
        instance.close(limits.grace());
        close(stdout);
        close(stderr);
      }
    }
    synchronized (byName) {
      if (!closed) {
        return session;
      }
    }
    session.stop("the server shuts down", limits.grace());
    throw new RefusalException("this server is shutting down", "start it again");
  }

  private InstanceTracker register(String name) throws RefusalException {
    InstanceTracker.Builder registration =
        InstanceTracker.builder()
            .application("mcp")
            .name(name)
            .grace(limits.grace())
            .sweepOnRegister(false)
            .watcher(true)
            .closeOnShutdown(false);
    keep.forEach(registration::keep);
    if (stateDirectory != null) {
      registration.stateDirectory(stateDirectory);
    }
    InstanceTracker instance = registration.register();
    if (!instance.isRegistered()) {
      throw new RefusalException(
          "no session is started because it could not be recorded in "
              + instance.instanceFile().getParent(),
          "make that directory writable, or give --state-dir");
    }
    return instance;
  }

  private static void close(@Nullable OutputRing ring) {
    if (ring != null) {
      ring.close();
    }
  }

  private static boolean isReady(Session session, ReadinessCheck readiness, Call call)
      throws RefusalException {
    if (!readiness.isAsked()) {
      return true;
    }
    Predicate<Session> check = readiness.check();
    return call.await(
            () -> session.body().ended().isDone() || check.test(session),
            BETWEEN_CHECKS,
            readiness.limit(),
            () -> "waiting for " + readiness.words())
        && !session.body().ended().isDone();
  }

  private static RefusalException notReady(
      Session session, ReadinessCheck readiness, boolean ended) {
    String remedy = "its last output was:\n" + lastOutput(session);
    return ended
        ? new RefusalException(
            "the session "
                + session.name()
                + " ended with exit code "
                + session.exitCode()
                + " before it was ready ("
                + readiness.words()
                + ")",
            remedy)
        : new RefusalException(
            "the session "
                + session.name()
                + " was not ready within "
                + readiness.limit().toSeconds()
                + " s ("
                + readiness.words()
                + ") and was stopped",
            "increase ready_timeout_seconds, or see what is wrong; " + remedy);
  }

  private static String lastOutput(Session session) {
    try {
      String text =
          session.stdout().lastLines(20, 4096).text() + session.stderr().lastLines(20, 4096).text();
      return text.isEmpty() ? "(nothing)" : text;
    } catch (IOException unreadable) {
      return "(it cannot be read: " + unreadable.getMessage() + ")";
    }
  }

  /// Frees the name and the kept output of a session that has ended.
  public void forget(Session session) {
    synchronized (byName) {
      byName.remove(session.name(), session);
    }
    session.forget();
  }

  private void enforceAges() {
    Instant now = Instant.now();
    for (Session session : list()) {
      if (!session.isActive()) {
        continue;
      }
      if (isOver(limits.maxAge(), session.startedAt(), now)) {
        stopLater(
            session,
            "it ran longer than the limit max_age = " + limits.maxAge().toSeconds() + " s");
      } else if (isOver(limits.maxIdle(), session.idleSince(), now)) {
        stopLater(
            session,
            "it was idle longer than the limit max_idle = " + limits.maxIdle().toSeconds() + " s");
      }
    }
  }

  private static boolean isOver(Duration limit, Instant since, Instant now) {
    return !limit.isZero() && Duration.between(since, now).compareTo(limit) > 0;
  }

  private void stopLater(Session session, String reason) {
    Thread.ofVirtual().name("session-stop").start(() -> session.stop(reason, limits.grace()));
  }

  /// Stops everything that a client has started, because the client is gone.
  public void stopAllOf(String client) {
    for (Session session : list()) {
      if (session.client().equals(client)) {
        stopLater(session, "its client has ended");
      }
    }
  }

  /// Stops all sessions at once and starts no more.
  @Override
  public void close() {
    synchronized (byName) {
      closed = true;
    }
    clock.shutdownNow();
    try (ExecutorService stopping = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Session session : list()) {
        stopping.execute(() -> session.stop("the server shuts down", limits.grace()));
      }
    }
  }
}
