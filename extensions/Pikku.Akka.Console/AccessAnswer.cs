namespace Pikku.Akka.OperatorConsole;

/// <summary>Whether an operator may use the console now.</summary>
internal enum AccessAnswer
{
    /// <summary>The policy lets the operator in.</summary>
    Allowed,

    /// <summary>The sign-in has expired, or the application does not accept it any more.</summary>
    SignInEnded,

    /// <summary>The policy denies.</summary>
    Denied,
}
