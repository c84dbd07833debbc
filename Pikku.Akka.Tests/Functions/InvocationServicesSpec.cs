using Akka.TestKit.Xunit2;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Functions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

[Trait("Rule", "A5")]
public sealed class InvocationServicesSpec : TestKit
{
    private readonly List<Resource> _made = [];

    [Fact]
    public async Task Creates_no_scope_for_a_call_that_requests_no_service()
    {
        var scopes = new CountingScopes();

        await new InvocationServices(scopes).DisposeAsync();

        Assert.Equal(0, scopes.Made);
    }

    [Fact]
    public async Task Creates_one_scope_for_all_services_of_a_call()
    {
        var scopes = new CountingScopes();
        await using var services = new InvocationServices(scopes);

        Assert.Same(services.GetRequiredService<object>(), services.GetRequiredService<object>());

        Assert.Equal(1, scopes.Made);
    }

    [Fact]
    public async Task Supplies_no_services_after_the_call_has_ended()
    {
        var services = new InvocationServices(new CountingScopes());
        await services.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => services.GetService(typeof(object)));
    }

    [Fact]
    public async Task Shares_one_scope_between_middleware_permission_and_function_of_a_call()
    {
        var seen = new List<Resource>();
        var middleware = PikkuMiddleware.Of((context, next) =>
        {
            seen.Add(context.Services.GetRequiredService<Resource>());
            return next();
        });
        var permission = PikkuPermission.Of((PikkuContext context) =>
        {
            seen.Add(context.Services.GetRequiredService<Resource>());
            return true;
        });
        await using var node = Node((Resource resource) => seen.Add(resource), permission, middleware);
        await node.StartAsync(Sys);
        var connection = node.Connect(enveloped: true).OwnedBy(Sys);

        await connection.AskAsync("""{"action":"go"}""");
        Assert.Equal(3, seen.Count);
        Assert.Same(Assert.Single(_made), Assert.Single(seen.Distinct()));

        await connection.AskAsync("""{"action":"go"}""");
        Assert.Equal(2, _made.Count);
    }

    [Fact]
    public async Task Disposes_the_scope_after_the_reply_is_encoded_and_before_it_is_sent()
    {
        await using var node = Node((Resource resource) => new Report(resource));
        await node.StartAsync(Sys);

        var reply = await node.Connect().OwnedBy(Sys).AskAsync("""{"action":"go"}""");

        Assert.Equal("""{"wasDisposed":false,"action":"go"}""", reply);
        Assert.True(Assert.Single(_made).IsDisposed);
    }

    [Fact]
    public async Task Disposes_the_scope_when_the_function_throws()
    {
        await using var node = Node(void (Resource _) => throw new NotFoundError());
        await node.StartAsync(Sys);

        var reply = await node.Connect().OwnedBy(Sys).AskAsync("""{"action":"go"}""");

        Assert.Equal("NotFoundError", Reply.ErrorName(reply));
        Assert.True(Assert.Single(_made).IsDisposed);
    }

    [Fact]
    public async Task Disposes_the_scope_of_a_function_that_yields()
    {
        await using var node = Node(async Task<Report> (Resource resource) =>
        {
            await Task.Yield();
            return new Report(resource);
        });
        await node.StartAsync(Sys);

        Assert.Equal("""{"wasDisposed":false,"action":"go"}""", await node.Connect().OwnedBy(Sys).AskAsync("""{"action":"go"}"""));
        Assert.True(Assert.Single(_made).IsDisposed);
    }

    [Fact]
    public async Task Answers_and_logs_when_a_service_fails_to_be_disposed()
    {
        await using var node = Node((Resource resource) => resource.FailsToBeDisposed = true);
        await node.StartAsync(Sys);

        Assert.Equal("""{"action":"go","result":true}""", await node.Connect().OwnedBy(Sys).AskAsync("""{"action":"go"}"""));
        Assert.Contains(node.Log.Entries, e => e is { Id.Id: 4, Level: LogLevel.Warning, Error: NotSupportedException });
    }

    private TestNode Node(Delegate handler, PikkuPermission? permission = null, PikkuMiddleware? middleware = null) => new(
        app => app.WireChannel("c", c =>
        {
            var action = c.AllowAnonymous().MapAction("go", handler);
            if (permission is not null)
                action.RequirePermission(permission);
            if (middleware is not null)
                action.UseMiddleware(middleware);
        }),
        services => services.AddScoped(_ =>
        {
            var resource = new Resource();
            _made.Add(resource);
            return resource;
        }));

    private sealed class Resource : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public bool FailsToBeDisposed { get; set; }

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            if (FailsToBeDisposed)
                throw new NotSupportedException();
            IsDisposed = true;
        }
    }

    private sealed class Report(Resource resource)
    {
        public bool WasDisposed => resource.IsDisposed;
    }

    private sealed class CountingScopes : IServiceScopeFactory
    {
        public int Made { get; private set; }

        public IServiceScope CreateScope()
        {
            Made++;
            return new ServiceCollection().AddScoped<object>().BuildServiceProvider().CreateScope();
        }
    }
}
