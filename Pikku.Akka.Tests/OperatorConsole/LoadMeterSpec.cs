using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Inspection;
using System.Diagnostics.Metrics;
using Xunit;

namespace Pikku.Akka.Tests.OperatorConsole;

/// <summary>The load of a node, as the console shows it.</summary>
public sealed class LoadMeterSpec : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _time = new();
    private readonly PikkuMetrics _metrics;
    private readonly LoadMeter _load;

    public LoadMeterSpec()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _metrics = new PikkuMetrics(meters);
        _load = new LoadMeter(meters, _time);
    }

    public void Dispose()
    {
        _load.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Nothing_is_measured_until_somebody_looks_and_again_when_nobody_has_looked_for_a_while()
    {
        Assert.False(_metrics.Calls.AreEnabled);
        _load.Watch();
        Assert.True(_metrics.Calls.AreEnabled);
        _time.Advance(TimeSpan.FromSeconds(80));
        _load.Watch();
        _time.Advance(TimeSpan.FromSeconds(80));
        Assert.True(_load.IsCounting);
        _time.Advance(TimeSpan.FromSeconds(180));
        Assert.False(_load.IsCounting);
        Assert.False(_metrics.Calls.AreEnabled);
    }

    [Fact]
    public void Quantiles_of_the_last_minute_are_within_five_percent()
    {
        _load.Watch();
        for (var i = 1; i <= 1000; i++)
            _metrics.Calls.Ran("lab", "echo", i % 100 == 0 ? "InternalServerError" : CallMetrics.Ok, TimeSpan.FromMilliseconds(i));
        var load = Assert.Single(_load.Functions(10));
        var counts = load.Buckets.Select(bucket => KeyValuePair.Create((int)bucket[0], bucket[1])).ToList();
        Assert.Equal(10, load.Failed);
        Assert.Equal(1000, counts.Sum(bucket => bucket.Value));
        Assert.InRange(DurationBuckets.Quantile(counts, 0.5), 475, 525);
        Assert.InRange(DurationBuckets.Quantile(counts, 0.99), 940, 1040);

        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Empty(_load.Functions(10));
    }

    [Fact]
    public void Counters_are_added_up()
    {
        _load.Watch();
        _metrics.Received("lab", 3);
        _metrics.Received("lab", 4);
        _metrics.Failed("lab", "ForbiddenError");
        Assert.Equal(new LoadTotals(7, 1, 0, 0), _load.Totals);
    }

    [Fact]
    public void Another_node_of_the_process_does_not_count()
    {
        using var others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _load.Watch();
        new PikkuMetrics(others.GetRequiredService<IMeterFactory>()).Received("lab", 3);
        Assert.Equal(0, _load.Totals.Received);
    }

    [Fact]
    public void The_latest_errors_of_each_kind_are_kept()
    {
        var errors = new RecentErrors();
        errors.Add(new RecentError(_time.GetUtcNow(), "lab", "fail", "c1", "InternalServerError", "id"));
        for (var i = 0; i < 1000; i++)
            errors.Add(new RecentError(_time.GetUtcNow() + TimeSpan.FromSeconds(i), "lab", "echo", "c2", "ForbiddenError", null));
        Assert.Equal("id", Assert.Single(errors.Read(10, "c1")).ErrorId);
        Assert.Equal(10, errors.Read(10).Count);
        Assert.Equal(257, errors.Read(10_000).Count);
    }
}
