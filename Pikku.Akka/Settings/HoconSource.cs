namespace Pikku.Akka.Settings;

/// <summary>A text of settings that the code of the application adds.</summary>
/// <param name="Text">The text, in HOCON.</param>
/// <param name="Origin">The call that added it, for problems to name it.</param>
/// <param name="Module">The module of the application that added it. Within a module the last text wins; modules must not contradict each other.</param>
internal sealed record HoconSource(string Text, string Origin, int Module);
