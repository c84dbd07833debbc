using Pikku.Akka.Host.Demo;
using Pikku.Akka.Host.Security;
using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

[PikkuFunction(Title = "Log In", Description = "Signs the connection in with a user name and a password.", Tags = ["todos"])]
internal sealed class Login(DemoUsers users) : PikkuSessionlessFunc<LoginInput, LoginOutput>
{
    public override async ValueTask<LoginOutput> RunAsync(LoginInput input, PikkuContext context, CancellationToken cancellationToken)
    {
        if (users.Find(input.Username, input.Password) is not { } userId)
            return new LoginOutput(Authenticated: false);

        await context.SetSessionAsync(new UserSession(userId));
        return new LoginOutput(Authenticated: true, userId);
    }
}
