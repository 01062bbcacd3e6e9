#!/usr/bin/env escript
%%! +fnu
%% escript echo.escript HOST PORT QUESTION... asks each question and prints its answer.
%% Where CHAT_IDENTITY names a file with a name and its key, 32 bytes in base64, the server is told who asks.
%% Exit status: 0; 64 after wrong usage; or 1 with the reason on standard error.

main([Host, Port | Questions]) ->
    io:setopts([{encoding, unicode}]),
    Options = [binary, {packet, 4}, {packet_size, 65536}, {active, false}, {show_econnreset, true}],
    case gen_tcp:connect(Host, list_to_integer(Port), Options) of
        {ok, Socket} -> prove(Socket, os:getenv("CHAT_IDENTITY")),
                        [say(Socket, question, [1, unicode:characters_to_binary(Text)]) || Text <- Questions],
                        say(Socket, exit, [3]);
        {error, Reason} -> stop(Reason)
    end;
main(_) ->
    io:format(standard_error, "usage: escript echo.escript HOST PORT QUESTION...~n", []),
    halt(64).

%% A server that asks who its client is does so at once.
prove(_, false) -> ok;
prove(Socket, File) ->
    {ok, Text} = file:read_file(File),
    [Name, Key | _] = string:lexemes(Text, " \t\n"),
    case gen_tcp:recv(Socket, 0, 5000) of
        {ok, <<6, Challenge:32/binary>>} ->
            Said = [<<"chat identity 1", 0>>, Challenge, Name],
            ok = gen_tcp:send(Socket, [7, byte_size(Name), Name, crypto:mac(hmac, sha256, base64:decode(Key), Said)]);
        {error, timeout} -> io:format(standard_error, "the server does not ask who asks~n", []);
        Other -> stop(Other)
    end.

say(Socket, Said, Frame) -> gen_tcp:send(Socket, Frame), next(Socket, Said).

next(Socket, Said) ->
    case {Said, gen_tcp:recv(Socket, 0, case Said of exit -> 5000; question -> infinity end)} of
        {_, {ok, <<5, _/binary>>}} -> next(Socket, Said); % padding
        {question, {ok, <<2, Answer/binary>>}} -> io:format("~ts~n", [visible(unicode:characters_to_list(Answer))]);
        {exit, {error, closed}} -> gen_tcp:close(Socket); % second, after the server
        {_, Other} -> stop(Other)
    end.

visible(Text) when is_list(Text) -> [shown(C) || C <- Text];
visible(NotUTF8) -> stop(NotUTF8).

shown(C) -> if C < 32; C >= 127, C < 160 -> io_lib:format("\\x~2.16.0b", [C]); true -> C end.

stop(Reason) -> io:format(standard_error, "~w~n", [Reason]), halt(1).
