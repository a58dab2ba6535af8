package io.holdfast.sessions;

import io.holdfast.protocol.ErrorInfo;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an agent wants to decide or be told about a run. All but {@code onCancelled} are called on
 * the session's executor, one at a time; but for a cancel that came before the run, of which {@code
 * onCancel} is asked by the thread that starts or loads it. What a hook throws is told as an error
 * with code 104002; a cancel is not granted by it.
 *
 * @param onCancel whether a run may be stopped that somebody wants to stop
 * @param onCancelled what to put out yet when a stream is stopped; called by the thread that pipes,
 *     with what writes an output
 * @param onError told of what goes wrong; null to have the session's listeners told instead
 * @param onSteer called when somebody has put something into the run
 * @param <O> what the agent puts out
 */
public record RunHooks<O>(
    Predicate<CancelRequest> onCancel,
    @Nullable OnCancelled<O> onCancelled,
    @Nullable Consumer<ErrorInfo> onError,
    Runnable onSteer) {
  /** Puts out last words. */
  public interface OnCancelled<O> {
    /**
     * Writes what is to be said yet.
     *
     * @param writer blocks until the channel has the output
     */
    void write(Writer<O> writer) throws InterruptedException;
  }

  /** Writes one output. */
  public interface Writer<O> {
    /** Writes this; blocks. */
    void write(O output) throws InterruptedException;
  }

  /** Everybody may stop a run, and nobody is told anything. */
  public static <O> RunHooks<O> none() {
    return new RunHooks<>(request -> true, null, null, () -> {});
  }

  /** The same with this decision. */
  public RunHooks<O> onCancel(Predicate<CancelRequest> decision) {
    return new RunHooks<>(decision, onCancelled, onError, onSteer);
  }

  /** The same with these last words. */
  public RunHooks<O> onCancelled(OnCancelled<O> lastWords) {
    return new RunHooks<>(onCancel, lastWords, onError, onSteer);
  }

  /** The same with this one told of errors. */
  public RunHooks<O> onError(Consumer<ErrorInfo> listener) {
    return new RunHooks<>(onCancel, onCancelled, listener, onSteer);
  }

  /** The same with this called for what is put into the run. */
  public RunHooks<O> onSteer(Runnable listener) {
    return new RunHooks<>(onCancel, onCancelled, onError, listener);
  }
}
