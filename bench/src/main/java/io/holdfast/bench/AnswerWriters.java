package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Connections that stream answers token by token, all at once: a message is created for each, and
 * every token is an append to it, at the pace of a language model. The message's name says which
 * answer it is.
 */
final class AnswerWriters {
  /** What an answer says. */
  interface Text {
    String token(int answer, int token);
  }

  /** How the name of an answer's message begins; its number follows. */
  static final String NAME = "answer-";

  private static final byte[] CREATED = "\"}]}".getBytes(StandardCharsets.UTF_8);

  private final Dialer dialer;
  private final Stage stage;
  private final int tokens;
  private final Text text;
  private final List<Agent> agents = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();
  private long payloadBytes;
  private int nextAnswer;

  AnswerWriters(Dialer dialer, Stage stage, int tokens, Text text) {
    this.dialer = dialer;
    this.stage = stage;
    this.tokens = tokens;
    this.text = text;
  }

  /** Opens the connections and creates the messages, empty so far. */
  void create(int count, int connections, IntFunction<String> channels) {
    for (int i = 0; i < connections; i++) {
      agents.add(new Agent());
    }
    var sockets = dialer.open(connections, agents::get);
    stage.run(
        () -> {
          for (int i = 0; i < count; i++) {
            answers.add(new Answer(i, channels.apply(i), agents.get(i % connections)));
          }
          for (int i = 0; i < connections; i++) {
            agents.get(i).start(sockets.get(i));
          }
        });
    if (!stage.await(30_000, () -> agents.stream().allMatch(Agent::created))) {
      throw new LoadFailure("Not all creates were acknowledged in time.");
    }
  }

  /** Tokens come round robin, so the answers' appends are spread over each interval. */
  Pacer start(double tokensPerSecond) {
    return stage.on(
        () -> {
          var open = new Pacer(dialer.loop(), tokensPerSecond, new Tokens());
          open.run();
          return open;
        });
  }

  /** Whether all tokens were sent and acknowledged; on the event loop only, as what follows. */
  boolean complete() {
    return answers.stream().allMatch(answer -> answer.appended == tokens) && unacknowledged() == 0;
  }

  long unacknowledged() {
    return agents.stream().mapToLong(agent -> agent.nextSerial - agent.acknowledgedBelow).sum();
  }

  long payloadBytes() {
    return payloadBytes;
  }

  private final class Tokens implements Pacer.Due {
    @Override
    public void at(long nanos) {
      Answer answer = answers.get(nextAnswer++ % answers.size());
      if (answer.appended < tokens) {
        answer.append();
      }
    }

    @Override
    public void batchComplete() {
      agents.forEach(Agent::flush);
    }
  }

  private final class Answer {
    private final int number;
    private final String channel;
    private final Agent agent;
    private String serial = "";
    private int appended;

    Answer(int number, String channel, Agent agent) {
      this.number = number;
      this.channel = channel;
      this.agent = agent;
      agent.toCreate.add(this);
    }

    void append() {
      String token = text.token(number, appended++);
      payloadBytes += token.length();
      agent.publish(channel, "\"action\":5,\"serial\":\"" + serial + "\",\"data\":\"" + token);
    }
  }

  /** One connection, which streams several answers. */
  private final class Agent implements ClientSocket.Reader {
    private final List<Answer> toCreate = new ArrayList<>();
    private @Nullable ClientSocket socket;
    private int createdCount;
    private long nextSerial;
    private long acknowledgedBelow;
    private boolean dirty;

    void start(ClientSocket opened) {
      socket = opened;
      create();
    }

    boolean created() {
      return createdCount == toCreate.size();
    }

    /** One at a time: the only answer in flight is the one an ACK's serial belongs to. */
    private void create() {
      Answer next = toCreate.get(createdCount);
      publish(next.channel, "\"name\":\"" + NAME + next.number + "\",\"data\":\"");
      flush();
    }

    void publish(String channel, String message) {
      ByteBufAllocator allocator = open().allocator();
      ByteBuf text = allocator.buffer(256);
      text.writeCharSequence(
          "{\"action\":15,\"channel\":\"" + channel + "\",\"msgSerial\":", StandardCharsets.UTF_8);
      PublishFrame.writeNumber(text, nextSerial++);
      text.writeCharSequence(",\"messages\":[{" + message, StandardCharsets.UTF_8);
      open().write(text.writeBytes(CREATED));
      dirty = true;
    }

    void flush() {
      if (dirty) {
        dirty = false;
        open().flush();
      }
    }

    private ClientSocket open() {
      ClientSocket now = socket;
      if (now == null) {
        throw new IllegalStateException("An agent publishes before it is connected.");
      }
      return now;
    }

    @Override
    public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
      if (Wire.number(buf, start, end, Wire.ACTION_KEY) != Wire.ACK) {
        stage.fail("Unexpected answer: " + Load.text(buf, start, end));
        return;
      }
      long first = Wire.number(buf, start, end, Wire.SERIAL_KEY);
      if (first != acknowledgedBelow) {
        stage.fail("ACK of " + first + " where " + acknowledgedBelow + " was next.");
      }
      acknowledgedBelow = Wire.answeredBelow(buf, start, end);
      if (!created()) {
        String serial = Wire.text(buf, start, end, Wire.SERIALS_KEY);
        toCreate.get(createdCount++).serial = serial == null ? "" : serial;
        if (!created()) {
          create();
        }
      }
    }

    @Override
    public void closed(ClientSocket from, String why) {
      stage.fail("An agent's connection ended: " + why);
    }
  }
}
