namespace Pikku.Akka;

/// <summary>Merges the wiring of <see cref="PikkuBuilder.ConfigureChannel"/> into the channel that another module wires.</summary>
internal static class ChannelMerge
{
    /// <param name="wired">The channel.</param>
    /// <param name="addition">The additions. A property with its default value counts as not set.</param>
    /// <param name="conflicts">Receives the conflicts. In a conflict the channel keeps its own value.</param>
    public static void Add(ChannelDefinition wired, ChannelDefinition addition, List<string> conflicts)
    {
        void Conflict(string what) => conflicts.Add($"channel '{wired.Name}' has {what} in {wired.Place} and in {addition.Place}; keep one");

        var defaults = new ChannelDefinition(wired.Name);
        if (addition.Route != defaults.Route && addition.Route != wired.Route)
        {
            if (wired.Route == defaults.Route)
                wired.Route = addition.Route;
            else
                Conflict("a route");
        }

        // A module must not change the authorization that another module requires.
        if (addition.Gates.RequiresSession is { } needed && needed != (wired.Gates.RequiresSession ?? true))
            conflicts.Add(
                $"ConfigureChannel(\"{wired.Name}\") in {addition.Place} changes whether messages need a session; call RequireSession or AllowAnonymous where the channel is wired ({wired.Place})");
        if (addition.PermissionLifetime is { } lifetime && (wired.PermissionLifetime ??= lifetime) != lifetime)
            Conflict("CacheFor with another time");
        wired.Conventions.AddRange(addition.Conventions);
        wired.FinalConventions.AddRange(addition.FinalConventions);
        if (addition.OpeningData is { } opening && (wired.OpeningData ??= opening) != opening)
            Conflict("opening data of another type");

        ActionDefinition? Handler(ActionDefinition? own, ActionDefinition? added, string name)
        {
            if (own is not null && added is not null)
                Conflict($"a handler {name}");
            return own ?? added;
        }

        wired.OnConnect = Handler(wired.OnConnect, addition.OnConnect, nameof(wired.OnConnect));
        wired.OnDisconnect = Handler(wired.OnDisconnect, addition.OnDisconnect, nameof(wired.OnDisconnect));
        wired.OnMessage = Handler(wired.OnMessage, addition.OnMessage, nameof(wired.OnMessage));
        wired.OnBinaryMessage = Handler(wired.OnBinaryMessage, addition.OnBinaryMessage, nameof(wired.OnBinaryMessage));
        foreach (var (key, values) in addition.Actions)
            AddActions(wired, key, values, Conflict);
        foreach (var topic in addition.Topics.Where(topic => !wired.Topics.Exists(topic.IsSame)))
            if (wired.Topics.Exists(known => known.Name == topic.Name))
                Conflict($"the topic '{topic.Name}' with another type, or with its own gates");
            else
                wired.Topics.Add(topic);
        AddNew(wired.Remotes, addition.Remotes, remote => remote.Name, name => Conflict($"the clients' function '{name}' with other types"));
        wired.Messages.AddRange(addition.Messages.Except(wired.Messages));
        wired.Gates.Tags.AddRange(addition.Gates.Tags.Except(wired.Gates.Tags, StringComparer.Ordinal));
        wired.Gates.Middleware.AddRange(addition.Gates.Middleware);
        wired.Gates.Permissions.AddRange(addition.Gates.Permissions);
        wired.Gates.Scopes.AddRange(addition.Gates.Scopes.Except(wired.Gates.Scopes, StringComparer.Ordinal));
        wired.Problems.AddRange(addition.Problems);
        wired.ChannelMiddleware.AddRange(addition.ChannelMiddleware);
    }

    private static void AddActions(
        ChannelDefinition wired, string key, List<(string Value, ActionDefinition Action)> values, Action<string> conflict)
    {
        if (!wired.Actions.TryGetValue(key, out var own))
        {
            wired.Actions.Add(key, values);
            return;
        }

        var known = own.Select(action => action.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var action in values)
            if (known.Contains(action.Value))
                conflict($"'{key}:{action.Value}'");
            else
                own.Add(action);
    }

    // Two modules may declare the same item in the same way.
    private static void AddNew<T>(List<T> own, List<T> added, Func<T, string> name, Action<string> conflict)
    {
        foreach (var item in added.Where(item => !own.Contains(item)))
            if (own.Any(known => name(known) == name(item)))
                conflict(name(item));
            else
                own.Add(item);
    }
}
