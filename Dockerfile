# The packages apart from the program: a change of the program keeps their layer.
FROM node:24.21.0-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY src/launch.cjs src/
RUN npm ci --omit=dev

FROM node:24.21.0-trixie-slim
WORKDIR /app
ENV NODE_ENV=production HTTP_HOST=0.0.0.0 HTTP_PORT=9464
RUN install --directory --owner=node --group=node data && ln -s /app/src/launch.cjs /usr/local/bin/rolecall
COPY --from=packages /app/node_modules node_modules
COPY package.json package-lock.json ./
COPY src src
USER node
VOLUME /app/data
EXPOSE 9464
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["rolecall"]
CMD ["start"]
