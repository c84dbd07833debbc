using Microsoft.AspNetCore.Builder;
#region quickstart
using System.ComponentModel.DataAnnotations;
using Pikku.Akka;
#endregion

namespace Snippets;

public static class Quickstart
{
    public static void Run(string[] args)
    {
        #region quickstart
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddPikku(pikku => pikku.WireChannel("todos", channel =>
        {
            channel.AllowAnonymous();
            channel.OnConnect((PikkuContext context) => context.EventHub.SubscribeAsync(CreateTodo.Created));
            channel.MapAction<CreateTodo>("create");
        }));
        var app = builder.Build();
        app.MapPikku();
        app.Run();
        #endregion
    }

    #region quickstart
    public record NewTodo([Length(1, 200)] string Title);

    public record Todo(Guid Id, string Title);

    public class CreateTodo : PikkuSessionlessFunc<NewTodo, Todo>
    {
        public static readonly Topic<Todo> Created = new("todos:created");

        public override async ValueTask<Todo> RunAsync(NewTodo input, PikkuContext context, CancellationToken cancellationToken)
        {
            var todo = new Todo(Guid.NewGuid(), input.Title);
            await context.EventHub.PublishAsync(Created, todo);
            return todo;
        }
    }
    #endregion
}
