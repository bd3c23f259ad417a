package dev.sexton.internal.state;

import dev.sexton.internal.process.BorrowedRights;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The rights with which this process works in a state directory. Root works in another user's
/// directory with that user's rights: whatever the user puts there, or swaps in between a look and
/// an action, root can be led to nothing that the user could not do. All others have only their own
/// rights anyway.
public final class DirectoryRights implements AutoCloseable {
  /// How long a look at a path stands: a sweep asks thousands of times.
  private static final long STANDS_NANOS = 1_000_000_000;

  private record Look(StrictModes.Finding finding, long nanos) {}

  private static final Map<Path, Look> LOOKS = new ConcurrentHashMap<>();

  private static final DirectoryRights OWN = new DirectoryRights(null);

  private final @Nullable BorrowedRights borrowed;

  private DirectoryRights(@Nullable BorrowedRights borrowed) {
    this.borrowed = borrowed;
  }

  /// Takes the rights for the directory that holds the records of a state directory, until they are
  /// closed by the same thread.
  ///
  /// @param instances the directory, which need not exist
  /// @throws IOException if another user's rights cannot be had
  public static DirectoryRights in(Path instances) throws IOException {
    long controller = controller(instances);
    return controller == 0
        ? OWN
        : new DirectoryRights(BorrowedRights.of(controller, Accounts.primaryGroup(controller)));
  }

  /// Whether another user could exchange files of the directory while root works there.
  public static boolean isAnothers(Path instances) {
    return controller(instances) != 0;
  }

  private static long controller(Path instances) {
    if (Accounts.self() != 0 || !instances.getFileSystem().equals(FileSystems.getDefault())) {
      return 0;
    }
    Look look = LOOKS.get(instances);
    if (look == null || System.nanoTime() - look.nanos() > STANDS_NANOS) {
      return look(instances).controller();
    }
    return look.finding().controller();
  }

  /// Looks at the directory anew.
  static StrictModes.Finding look(Path instances) {
    Path directory = instances.toAbsolutePath().getParent();
    StrictModes.Finding finding =
        StrictModes.look(directory == null ? instances.toAbsolutePath() : directory, instances);
    if (Accounts.self() == 0) {
      if (finding.complete()) {
        LOOKS.put(instances, new Look(finding, System.nanoTime()));
      } else {
        LOOKS.remove(instances);
      }
    }
    return finding;
  }

  @Override
  public void close() {
    if (borrowed != null) {
      borrowed.close();
    }
  }
}
