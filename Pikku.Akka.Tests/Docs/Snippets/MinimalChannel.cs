using Pikku.Akka;

namespace Snippets;

public static class MinimalChannel
{
    public static void Wire(PikkuBuilder pikku)
    {
        #region minimal-channel
        pikku.WireChannel("greetings", channel =>
        {
            channel.Route<Visitor>("/greetings/{language}").AllowAnonymous();
            channel.OnConnect((Visitor visitor, IPikkuChannel me) => me.SetState(visitor));
            channel.MapAction("greet", (Person person, IPikkuChannel me) => new Greeting(me.GetState<Visitor>()!.Language, person.Name));
            channel.OnMessage((string text) => $"No action: {text}");
        });
        #endregion
    }

    #region minimal-channel
    public record Visitor(string Language);

    public record Person(string Name);

    public record Greeting(string Language, string Name);
    #endregion
}
