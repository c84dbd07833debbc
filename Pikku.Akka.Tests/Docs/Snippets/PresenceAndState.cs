using Pikku.Akka;

namespace Snippets.OfPresenceAndState;

public static class PresenceAndState
{
    #region presence-and-state
    public static readonly PresenceTopic<BoardKey, Viewer> Viewers = new("board:{boardId}:viewers");

    public static readonly StateTopic<BoardKey, Cursor> Cursors = new("board:{boardId}:cursors");
    #endregion

    public static void Wire(PikkuBuilder pikku)
    {
        #region presence-and-state
        pikku.WireChannel("boards", channel =>
        {
            channel.Route<Visitor>("/boards/{name}").AllowAnonymous();
            channel.AddPresence(Viewers).AllowSubscribe().JoinOnSubscribe((Visitor visitor) => new Viewer(visitor.Name));
            channel.AddState(Cursors).AllowSubscribe().WithEntryLifetime(TimeSpan.FromMinutes(5));
            channel.MapAction("point", (Pointing input, Visitor visitor, IPikkuState state, IPikkuChannel me) =>
                state.SetAsync(Cursors.For(new BoardKey(input.BoardId)), visitor.Name, new Cursor(input.X, input.Y), me.Id));
        });
        #endregion
    }

    #region presence-and-state
    public record Visitor(string Name);

    public record BoardKey(int BoardId);

    public record Viewer(string Name);

    public record Cursor(int X, int Y);

    public record Pointing(int BoardId, int X, int Y);
    #endregion
}
