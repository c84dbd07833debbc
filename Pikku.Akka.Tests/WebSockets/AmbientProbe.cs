using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// Records the ambient context of user code. Each piece of user code first records what it sees, and then changes everything, as careless code does. The code
/// that runs next must not see the changes.
/// </summary>
internal sealed class AmbientProbe
{
    private static readonly HttpContextAccessor Accessor = new();
    private static readonly AsyncLocal<string?> Upgrade = new();
    private static readonly AsyncLocal<string?> Dirt = new();
    private static readonly ConcurrentDictionary<string, CultureInfo> Cultures = new();

    private readonly ConcurrentDictionary<string, int> _looks = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _faults = new();

    /// <summary>The user of the current request; null when there is no request.</summary>
    public static string? Current => Accessor.HttpContext is { } context ? Query(context) : null;

    /// <summary>The number of records by place.</summary>
    public int Looks(string place) => _looks.GetValueOrDefault(place);

    /// <summary>The values that a place should not have seen.</summary>
    public IReadOnlyCollection<string> Faults(string place) => _faults.TryGetValue(place, out var faults) ? [.. faults.Distinct()] : [];

    // A custom culture, because a machine may have only the invariant one. Its minus sign identifies it.
    private static CultureInfo CultureOf(string user) => Cultures.GetOrAdd(user, static name =>
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = name;
        return culture;
    });

    /// <summary>The middleware of the application at the upgrade.</summary>
    public static void SetUp(HttpContext context)
    {
        if (Query(context) is not { } user)
            return;
        CultureInfo.CurrentCulture = CultureOf(user);
        Upgrade.Value = user;
    }

    /// <summary>Records the context, then changes everything.</summary>
    public void Visit(string place, string? user, bool invariant = false)
    {
        Look(place, user, invariant);
        CultureInfo.CurrentCulture = CultureOf("dirt");
        Dirt.Value = $"{place} of {user}";
        Activity.Current = new Activity("dirt").Start();
        SynchronizationContext.SetSynchronizationContext(new DirtyContext(this, place));
    }

    /// <summary>Records the context without changing it.</summary>
    /// <param name="place">The name of the place.</param>
    /// <param name="user">The user of the connection; null for code that belongs to no connection.</param>
    /// <param name="invariant">True where the culture is always the invariant one.</param>
    public void Look(string place, string? user, bool invariant = false)
    {
        _looks.AddOrUpdate(place, 1, (_, looks) => looks + 1);
        Expect(place, "request", user, Current);
        Expect(place, "local of the upgrade", user, Upgrade.Value);
        if (user is not null)
            Expect(place, "culture", invariant ? "-" : user, CultureInfo.CurrentCulture.NumberFormat.NegativeSign);
        Expect(place, "local of an earlier call", null, Dirt.Value);
        Expect(place, "activity", null, Activity.Current is { Source.Name: not "Pikku.Akka" } activity ? activity.OperationName : null);
        Expect(place, "synchronization context", null, SynchronizationContext.Current?.ToString());
    }

    private static string? Query(HttpContext context) => context.Request.Query["u"].FirstOrDefault();

    private void Expect(string place, string what, string? expected, string? seen)
    {
        if (expected != seen)
            Fault(place, $"{what} of '{expected}': saw '{seen}'");
    }

    private void Fault(string place, string fault) => _faults.GetOrAdd(place, _ => []).Enqueue(fault);

    private sealed class DirtyContext(AmbientProbe probe, string place) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback callback, object? state)
        {
            probe.Fault(place, "something else was posted to its synchronization context");
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        public override string ToString() => $"that of {place}";
    }
}
