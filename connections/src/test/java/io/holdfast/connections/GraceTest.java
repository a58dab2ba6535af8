package io.holdfast.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Frame;
import io.holdfast.protocol.PresenceAction;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How long members stay when their connection is lost. */
class GraceTest {
  private final Lobby lobby = new Lobby();

  private Client present() {
    return lobby.client().connect().attach("room").enter("room");
  }

  @Test
  void aLostConnectionsMembersStayForTheGraceAndNoLonger() {
    present().cut();
    lobby.world.pass(14_900);
    assertEquals(List.of("me"), lobby.members("room"));
    lobby.world.pass(200);
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void aMemberThatEnteredByAQualifiedNameLeavesWithItsConnection() {
    lobby.client().connect().attach("[?rewind=1]room").enter("[?rewind=1]room").cut();
    assertEquals(List.of("me"), lobby.members("room"));
    lobby.world.pass(15_100);
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void aClientMayAskToBeMissedAtOnce() {
    Client client = lobby.client();
    client.remainPresentFor = 0;
    client.connect().attach("room").enter("room").cut();
    lobby.world.pass(1);
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void aCleanCloseLeavesAtOnceEvenIfTheEnterIsOnItsWay() {
    present().send(new Frame.Close());
    assertEquals(List.of(), lobby.members("room"));
    Client quick = lobby.client().connect();
    quick.presence("room", PresenceAction.ENTER, null);
    quick.put(new Frame.Close());
    lobby.world.run();
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void aDetachLeavesAtOnce() {
    Client client = present();
    client.send(new Frame.Detach("room"));
    assertEquals("room", client.last(Frame.Detached.class).channel());
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void whoeverEnteredByAnotherNameStaysThroughADetachAlsoAfterAResume() {
    Client one = present().attach("[?rewind=1]room");
    one.send(new Frame.Detach("[?rewind=1]room"));
    assertEquals(List.of("me"), lobby.members("room"));
    one.attach("[?rewind=1]room").cut();
    Client two = one.next().attach("room", one.place("room"), Map.of());
    two.attach("[?rewind=1]room", one.place("[?rewind=1]room"), Map.of());
    two.send(new Frame.Detach("[?rewind=1]room"));
    assertEquals("[?rewind=1]room", two.last(Frame.Detached.class).channel());
    assertEquals(List.of("me"), lobby.members("room"));
    two.send(new Frame.Detach("room"));
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void whoeverEnteredByTwoNamesStaysUntilBothAreLetGo() {
    Client one = present().attach("[?rewind=1]room").enter("[?rewind=1]room");
    one.send(new Frame.Detach("room"));
    assertEquals(List.of("me"), lobby.members("room"));
    one.send(new Frame.Detach("[?rewind=1]room"));
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void nobodyOfAKilledServerLeavesWhileAnotherNameIsAttached() {
    Client one = present().attach("[?rewind=1]room");
    lobby.restart();
    Client two = one.next().attach("room", one.place("room"), Map.of());
    two.attach("[?rewind=1]room");
    two.send(new Frame.Detach("[?rewind=1]room"));
    assertEquals(List.of("me"), lobby.members("room"));
    two.send(new Frame.Detach("room"));
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void aDetachIsAnsweredOnceTheLogHasIt() {
    Client client = present();
    lobby.journal.holdCommits(true);
    client.send(new Frame.Detach("room"));
    assertEquals(List.of(), client.all(Frame.Detached.class));
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals("room", client.last(Frame.Detached.class).channel());
    lobby.restart();
    Client next = client.next().attach("room", client.place("room"), Map.of());
    assertTrue(next.attachedAndResumed());
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void aDetachByAnotherNameOfTheChannelLeavesMembersWhereTheyAre() {
    String other = "[?appendMode=full]room";
    Client one = present().attach(other).cut();
    Client two = one.next();
    two.attach("room", one.place("room"), Map.of()).attach(other, one.place(other), Map.of());
    two.send(new Frame.Detach(other));
    assertEquals(List.of("me"), lobby.members("room"));
    two.send(new Frame.Detach("room"));
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void ofTwoNamesAfterARestartItIsThePlainOneThatMembersLeaveWith() {
    String other = "[?appendMode=full]room";
    Client one = present().attach(other);
    lobby.restart();
    Client two = one.next();
    two.attach(other, one.place(other), Map.of()).attach("room", one.place("room"), Map.of());
    assertEquals(List.of("me"), lobby.members("room"));
    two.send(new Frame.Detach("room"));
    assertEquals(List.of(), lobby.members("room"));
    two.attach("room").enter("room").send(new Frame.Detach("room"));
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void afterARestartTheyLeaveWithThePlainNameThoughOnlyTheOtherIsAttached() {
    String other = "[?appendMode=full]room";
    Client one = present().attach(other);
    lobby.restart();
    Client two = one.next().attach(other, one.place(other), Map.of());
    two.send(new Frame.Detach("room"));
    assertEquals(List.of(), lobby.members("room"));
    assertEquals("room", two.last(Frame.Detached.class).channel());
  }

  @Test
  void whoIsNotPresentIsDetachedAtOnce() {
    Client client = lobby.client().connect().attach("room");
    lobby.journal.holdCommits(true);
    lobby.client().connect().attach("room").enter("room");
    client.send(new Frame.Detach("room"));
    assertEquals("room", client.last(Frame.Detached.class).channel());
  }

  @Test
  void whoAttachesAgainBeforeItsDetachIsAnsweredStaysAttached() {
    Client client = present();
    lobby.journal.holdCommits(true);
    client.send(new Frame.Detach("room")).attach("room");
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals(2, client.all(Frame.Attached.class).size());
    assertEquals(List.of(), client.all(Frame.Detached.class));
    client.published("room", "still here");
    assertEquals(List.of("CREATE still here"), client.heard());
  }

  @Test
  void aConnectionThatComesBackAndAttachesKeepsItsMembersAndNobodyHears() {
    Client watcher = lobby.client().connect().attach("room");
    Client one = present();
    one.cut();
    lobby.world.pass(5_000);
    Client two = one.next().attach("room", one.place("room"), Map.of());
    assertTrue(two.attachedAndResumed());
    two.live(120_000);
    assertEquals(List.of("me"), lobby.members("room"));
    assertEquals(1, watcher.all(Frame.Presence.class).size());
  }

  @Test
  void aConnectionThatComesBackButDoesNotAttachLosesItsMembersAfterANewGrace() {
    Client one = present();
    one.cut();
    lobby.world.pass(10_000);
    Client two = one.next();
    two.live(14_000);
    assertEquals(List.of("me"), lobby.members("room"));
    two.live(2_000);
    assertEquals(List.of(), lobby.members("room"));
    assertFalse(two.closed);
  }

  @Test
  void membersEnteredForOthersAreCountedOneByOne() {
    Client client = lobby.client(Pass.KEY).connect();
    client.presence("room", PresenceAction.ENTER, "ann");
    client.presence("room", PresenceAction.ENTER, "ben");
    client.presence("room", PresenceAction.LEAVE, "ann");
    lobby.world.run();
    assertEquals(List.of("ben"), lobby.members("room"));
    client.cut();
    lobby.world.pass(16_000);
    assertEquals(List.of(), lobby.members("room"));
  }

  @Test
  void aMemberThatEntersAgainUnderItsIdAfterAResumeStays() {
    Client one = present();
    one.cut();
    Client two = one.like();
    two.resume(one);
    two.number = 0;
    two.enter("room");
    two.attach("room", one.place("room"), Map.of());
    two.live(60_000);
    assertEquals(List.of("me"), lobby.members("room"));
  }

  @Test
  void anEnterThatIsStillBeingWrittenWhenItsClientResumesStaysToo() {
    Client watcher = lobby.client(Pass.named("watch")).connect().attach("room");
    Client one = lobby.client().connect().attach("room");
    lobby.journal.holdCommits(true);
    one.presence("room", PresenceAction.ENTER, null);
    lobby.world.run();
    one.cut();
    Client two = one.like();
    two.resume(one);
    two.number = 0;
    two.enter("room");
    two.attach("room", one.place("room"), Map.of());
    lobby.journal.holdCommits(false);
    lobby.world.run();
    assertEquals(List.of("+0 1"), two.answers());
    for (int i = 0; i < 12; i++) {
      watcher.alive();
      two.live(5_000);
    }
    assertEquals(List.of("me"), lobby.members("room"));
    assertEquals(1, watcher.all(Frame.Presence.class).size());
  }

  @Test
  void membersOfAKilledServerStayWhileTheirClientsComeBack() {
    Client one = present();
    Client gone = lobby.client(Pass.named("gone")).connect().enter("room");
    assertFalse(gone.closed);
    lobby.restart();
    lobby.world.pass(5_000);
    Client two = one.next().attach("room", one.place("room"), Map.of());
    assertTrue(two.attachedAndResumed());
    two.live(45_000);
    assertEquals(List.of("me"), lobby.members("room"));
  }

  @Test
  void aMemberOfAKilledServerThatDetachesLeavesAtOnceAndDoesNotComeBack() {
    Client one = present();
    lobby.restart();
    Client two = one.next().send(new Frame.Detach("room"));
    assertEquals(List.of(), lobby.members("room"));
    two.attach("room", one.place("room"), Map.of());
    two.live(60_000);
    assertEquals(List.of(), lobby.members("room"));
  }
}
