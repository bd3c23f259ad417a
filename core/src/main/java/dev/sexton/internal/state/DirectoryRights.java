package dev.sexton.internal.state;

import dev.sexton.internal.process.BorrowedRights;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The rights with which this process works in a state directory. Root works in another user's
/// directory with that user's rights. Whatever that user puts there, or swaps in between a check
/// and an action, cannot make root do anything that the user could not do. All other users only
/// have their own rights anyway.
public final class DirectoryRights implements AutoCloseable {
  /// How long a check of a path stays valid. A sweep needs it thousands of times.
  private static final long STANDS_NANOS = 1_000_000_000;

  private record Look(StrictModes.Finding finding, long nanos) {}

  private static final Map<Path, Look> LOOKS = new ConcurrentHashMap<>();

  private static final DirectoryRights OWN = new DirectoryRights(null);

  private final @Nullable BorrowedRights borrowed;

  private DirectoryRights(@Nullable BorrowedRights borrowed) {
    this.borrowed = borrowed;
  }

  /// Acquires the rights for the directory that holds the records of a state directory. The same
  /// thread must close them.
  ///
  /// @param instances the directory, which need not exist
  /// @throws IOException if another user's rights cannot be acquired
  public static DirectoryRights in(Path instances) throws IOException {
    long controller = controller(instances);
    return controller == 0
        ? OWN
        : new DirectoryRights(BorrowedRights.of(controller, Accounts.primaryGroup(controller)));
  }

  /// Returns whether another user could replace files in the directory while root works there.
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

  /// Checks the directory again.
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
