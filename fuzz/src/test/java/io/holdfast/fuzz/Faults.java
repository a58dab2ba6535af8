package io.holdfast.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Hears what the code under test logs as a fault of its own, and so has dealt with. */
final class Faults extends AppenderBase<ILoggingEvent> {
  private @Nullable ILoggingEvent first;

  private static final Faults HEARD = hear();

  /** The one that hears everything. */
  static Faults heard() {
    return HEARD;
  }

  private static Faults hear() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.setLevel(Level.ERROR);
    Faults faults = new Faults();
    faults.setContext(context);
    faults.start();
    root.addAppender(faults);
    return faults;
  }

  @Override
  protected void append(ILoggingEvent event) {
    first = first == null ? event : first;
  }

  /** Throws what was logged since the last time. */
  void check() {
    ILoggingEvent fault = first;
    first = null;
    if (fault != null) {
      Throwable cause =
          fault.getThrowableProxy() instanceof ThrowableProxy proxy ? proxy.getThrowable() : null;
      throw new AssertionError(fault.getFormattedMessage(), cause);
    }
  }
}
