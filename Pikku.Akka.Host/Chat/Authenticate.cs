using Pikku.Akka.Host.Security;
using static Pikku.Akka.Host.Chat.ChatProtocol;

namespace Pikku.Akka.Host.Chat;

[PikkuFunction(Title = "Authenticate", Description = "Signs the connection in with a token.", Tags = ["chat"], Errors = [typeof(UnauthorizedError)])]
internal sealed class Authenticate(Tokens tokens) : PikkuSessionlessFunc<AuthenticateInput, AuthenticateOutput>
{
    public override async ValueTask<AuthenticateOutput> RunAsync(AuthenticateInput input, PikkuContext context, CancellationToken cancellationToken)
    {
        var session = await tokens.SessionOf(input.Token) ?? throw new UnauthorizedError("The token is invalid, expired or has no subject.");
        await context.SetSessionAsync(session);
        return new AuthenticateOutput(Success: true);
    }
}
