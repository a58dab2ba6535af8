package io.holdfast.sessions;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes outputs from a source and writes them until it is used up, it fails, or the run is
 * cancelled. A thread that waits for the source is interrupted then, so a source that blocks
 * without end does not keep a run from being cancelled.
 */
final class Pipe<O> {
  /** What happens before the first output is written. */
  interface First {
    void run() throws InterruptedException;
  }

  private final PipeSource<O> source;
  private final AbortSignal signal;
  private final RunHooks.@Nullable OnCancelled<O> lastWords;
  private final Consumer<SessionException> told;

  private final Waiting reading = new Waiting();

  /**
   * @param told of what goes wrong with the last words
   */
  Pipe(
      PipeSource<O> source,
      AbortSignal signal,
      RunHooks.@Nullable OnCancelled<O> lastWords,
      Consumer<SessionException> told) {
    this.told = told;
    this.source = source;
    this.signal = signal;
    this.lastWords = lastWords;
  }

  /**
   * Runs to the end; an interrupt from elsewhere than the run's cancel ends it with an exception.
   */
  PipeResult run(Supplier<StreamWriter<O>> writers, First first) throws InterruptedException {
    StreamWriter<O> writer = null;
    Subscription abort = signal.onAbort(reading::stop);
    try {
      while (true) {
        @Nullable O output = signal.aborted() ? null : read();
        // what was taken from the source is nowhere else any more: the last of it is written, too
        if (signal.aborted() && (output == null || writer == null)) {
          if (writer != null) {
            speakLast(writer);
            writer.cancelStreams();
          }
          return new PipeResult(RunEndReason.CANCELLED, null);
        }
        if (output == null) {
          if (writer != null) {
            writer.cancelStreams();
          }
          return new PipeResult(RunEndReason.COMPLETE, null);
        }
        if (writer == null) {
          first.run();
          writer = writers.get();
        }
        writer.write(output);
      }
    } catch (RuntimeException e) {
      if (writer != null) {
        writer.flush();
      }
      return new PipeResult(RunEndReason.ERROR, failure(e));
    } finally {
      abort.close();
      closeSource();
    }
  }

  /** What goes wrong with the last words makes the run no less stopped. */
  private void speakLast(StreamWriter<O> writer) throws InterruptedException {
    RunHooks.OnCancelled<O> words = lastWords;
    if (words == null) {
      return;
    }
    try {
      words.write(writer::write);
    } catch (SessionException e) {
      told.accept(e);
    } catch (RuntimeException e) {
      told.accept(SessionError.CANCEL_LISTENER_FAILED.because("The hook onCancelled threw", e));
    }
  }

  private static SessionException failure(RuntimeException e) {
    if (e instanceof SessionException own) {
      return own;
    }
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return SessionError.STREAM_FAILED.because("The source of the answer failed: " + why, e);
  }

  /** The next output, or null when there is none or the run was cancelled. */
  private @Nullable O read() throws InterruptedException {
    reading.begin();
    try {
      // a cancel that came before we could be interrupted
      return signal.aborted() || !source.hasNext() ? null : source.next();
    } catch (RuntimeException e) {
      if (signal.aborted()) {
        return null;
      }
      if (Thread.interrupted()) {
        InterruptedException interrupted = new InterruptedException("waiting for an output");
        interrupted.initCause(e);
        throw interrupted;
      }
      throw e;
    } finally {
      reading.end(signal.aborted());
    }
  }

  private void closeSource() {
    try {
      source.close();
    } catch (RuntimeException e) {
      // what was read is written; that its source does not close is no failure of the answer
      return;
    }
  }
}
